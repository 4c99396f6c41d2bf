"""What everyone types: `python3 app.py` sets up and serves; `app` is what WSGI servers load."""

import sys

if sys.version_info < (3, 6):  # such a Python cannot even read the next file
    sys.exit("Alongside needs Python 3.11 or newer. Install it, then type: python3 app.py")

import bootstrap

if __name__ == "__main__":
    request = bootstrap.prepare(sys.argv[1:])  # returns only inside .venv, with all installed
    from hospice.serve import start

    sys.exit(start(request))
elif __name__ != "__mp_main__":  # a child process of ours needs no application of its own
    from hospice import create_app

    app = create_app()
