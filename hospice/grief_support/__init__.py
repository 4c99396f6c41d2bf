"""The care that goes on after a death; its pages come with the grief-support release."""
