"""Names and words of the made-up hospice, in English and Chinese."""

from hospice.patients.rules import Address
from hospice.volunteers.rules import Gender

_F, _M = Gender.FEMALE, Gender.MALE

VOLUNTEERS: tuple[tuple[str, str, Gender], ...] = (
    ("Lin Yue", "林悦", _F),
    ("Sun Li", "孙莉", _F),
    ("Chen Jia", "陈佳", _F),
    ("He Ping", "何平", _M),
    ("Xu Wei", "徐蔚", _F),
    ("Gao Fang", "高芳", _F),
    ("Deng Kai", "邓凯", _M),
    ("Tang Rui", "唐睿", _M),
    ("Zhao Min", "赵敏", _F),
    ("Jiang Tao", "姜涛", _M),
    ("Anna Reid", "Anna Reid", _F),
    ("Fan Qing", "范青", _F),
    ("Mei Ling", "梅玲", _F),
    ("Bai Yun", "白云", _F),
    ("Luo Xin", "罗欣", _F),
    ("Pan Dong", "潘东", _M),
    ("Song Yan", "宋燕", _F),
    ("Kong Mei", "孔梅", _F),
    ("Wu Hao", "吴昊", _M),
    ("Hu Bing", "胡冰", _F),
    ("Luo Min", "罗敏", _F),
    ("Ye Sen", "叶森", _M),
    ("Fang Zhi", "方芷", _F),
    ("Cao Lei", "曹磊", _M),
    ("Thomas Berg", "Thomas Berg", _M),
    ("Qiu Shan", "邱珊", _F),
    ("Su Wan", "苏婉", _F),
    ("Maria Lopes", "Maria Lopes", _F),
    ("Dai Jun", "戴军", _M),
    ("Ouyang Xue", "欧阳雪", _F),
)

_HER, _HIM = Address.HER, Address.HIM

# Two people called Wang Xiuying lie in one ward: beds and birth years tell them apart.
PATIENTS: tuple[tuple[str, str, Address], ...] = (
    ("Mrs Wang Xiuying", "王秀英女士", _HER),
    ("Mr Zhu", "朱先生", _HIM),
    ("Mrs Shi", "施女士", _HER),
    ("Mr Gu", "顾先生", _HIM),
    ("Mrs Wang Xiuying", "王秀英女士", _HER),
    ("Teacher Liang", "梁老师", _HIM),
    ("Mrs Jin", "金女士", _HER),
    ("Mr Tao", "陶先生", _HIM),
    ("Auntie Pei", "裴阿姨", _HER),
    ("Mr Yan", "严先生", _HIM),
    ("Mrs Lu", "陆女士", _HER),
    ("Mr Hua", "华先生", _HIM),
    ("Mrs Mao", "毛女士", _HER),
    ("Mr Xia", "夏先生", _HIM),
    ("Mrs Zheng", "郑女士", _HER),
    ("Doctor Tong", "童医生", _HIM),
    ("Mrs Wen", "温女士", _HER),
    ("Mr Fei", "费先生", _HIM),
    ("Mrs Ji", "季女士", _HER),
    ("Mr Cen", "岑先生", _HIM),
    ("Mrs Kang", "康女士", _HER),
    ("Mr Lei", "雷先生", _HIM),
    ("Mrs An", "安女士", _HER),
    ("Mr Chang", "常先生", _HIM),
)

Pair = tuple[str, str]

# Likes, what to avoid, hearing and sight.
CARDS: tuple[tuple[Pair, Pair, Pair], ...] = (
    (
        (
            "Yue opera, an open window, talk about the garden. Quiet after 16:00.",
            "越剧、开着窗、聊聊花园。16:00后喜欢安静。",
        ),
        ("Food and drink; ask the nurse.", "不喂饭、不喂水，请问护士。"),
        ("Speak towards the right ear.", "请对着右耳说话。"),
    ),
    (
        ("Newspapers read aloud, the football results.", "听人读报、聊足球赛果。"),
        ("Strong scent.", "不用香味重的东西。"),
        ("Wears glasses for reading.", "看字要戴眼镜。"),
    ),
    (
        ("Old films, holding hands, sunflowers.", "老电影、拉拉手、向日葵。"),
        ("Long visits; half an hour is enough.", "不久坐，半小时就好。"),
        ("", ""),
    ),
    (
        ("Chess, tea with the window open.", "下象棋、开窗喝茶。"),
        ("Talk about money.", "不谈钱。"),
        ("Hears well, sees little.", "听得清，看不太清。"),
    ),
    (
        ("Pingtan on the radio, stories of Suzhou.", "收音机里的评弹、苏州旧事。"),
        ("Touching the left arm.", "不碰左臂。"),
        ("Speak slowly.", "请说慢一点。"),
    ),
    (
        ("Silence, someone beside the bed.", "安静，有人坐在床边。"),
        ("Asking many questions.", "不多问。"),
        ("", ""),
    ),
)

CONDITIONS: tuple[Pair, ...] = (
    ("Lives with a lung illness; tires quickly.", "患有肺部疾病，容易累。"),
    ("Lives with heart failure; sits up to breathe.", "患有心力衰竭，坐起来呼吸更舒服。"),
    ("Weak on the left side; clear in mind.", "左侧身体无力，头脑清楚。"),
    ("Sleeps much of the day.", "白天多半在睡。"),
)

SKILLS = ("massage", "music", "reading", "calligraphy", "vigil", "life_story", "haircut")

SURNAMES: tuple[Pair, ...] = (
    ("Wang", "王"),
    ("Li", "李"),
    ("Zhang", "张"),
    ("Liu", "刘"),
    ("Yang", "杨"),
    ("Huang", "黄"),
    ("Zhou", "周"),
    ("Wu", "吴"),
    ("Xu", "徐"),
    ("Ma", "马"),
    ("Guo", "郭"),
    ("Lin", "林"),
    ("Liang", "梁"),
    ("Xie", "谢"),
    ("Han", "韩"),
    ("Shen", "沈"),
    ("Zeng", "曾"),
    ("Peng", "彭"),
    ("Lü", "吕"),
    ("Su", "苏"),
    ("Jiang", "蒋"),
    ("Cai", "蔡"),
    ("Wei", "魏"),
)

GIVEN: tuple[Pair, ...] = (
    ("Yu", "玉"),
    ("Jing", "静"),
    ("Wen", "文"),
    ("Hua", "华"),
    ("Ming", "明"),
    ("Lan", "兰"),
    ("Jun", "军"),
    ("Yi", "怡"),
    ("Xin", "欣"),
    ("Qing", "青"),
    ("Feng", "峰"),
    ("Rong", "蓉"),
    ("Bo", "波"),
    ("Yan", "燕"),
    ("Ning", "宁"),
    ("Shu", "淑"),
    ("Zhen", "珍"),
    ("Hong", "红"),
    ("Lei", "磊"),
    ("Fei", "菲"),
    ("Tong", "彤"),
)

NOTES: tuple[Pair, ...] = (
    ("Asked for the window open and listened to two songs.", "想开窗，听了两首歌。"),
    ("Told me about the persimmon tree at home.", "讲了家里那棵柿子树。"),
    ("Slept most of the time; I sat beside the bed.", "大多时间睡着，我坐在床边。"),
    ("The daughter went for a walk while I stayed.", "我陪着，女儿出去走了走。"),
    ("We read the paper together and laughed at the weather.", "一起读了报，说起天气笑了笑。"),
    ("Held hands, few words.", "拉着手，话不多。"),
    ("", ""),
    ("", ""),
    ("Talked about the years as a teacher.", "聊了当老师的那些年。"),
)

HURTS: Pair = (
    "Said the left arm hurts when turning over.",
    "说翻身时左臂疼。",
)
