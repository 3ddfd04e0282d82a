"""The same in Chinese: 她 or 他, which sound alike and are told apart in writing only."""

from dataclasses import replace

from lstm_viz.language import N_
from lstm_viz.tasks.subject.grammar import Grammar, subject_task
from lstm_viz.tasks.task import Recipe
from lstm_viz.tasks.typed import words_without_spaces

GRAMMAR = Grammar(
    persons={
        "她": ("安娜", "玛丽", "小红", "小芳", "妈妈", "奶奶"),
        "他": ("汤姆", "约翰", "小明", "小刚", "爸爸", "爷爷"),
    },
    rules={
        "BEGIN": ("", "", "后来", "接着"),
        "END": ("。",),
        "LINK": ("， 因为", "， 所以", "， 而且"),
        "PREDICATE": (
            "ACT",
            "WHERE ACT",
            "WHEN WHERE ACT",
            "DO 了 OBJECT",
            "WHERE DO 了 OBJECT",
            "WHEN WHERE DO 了 OBJECT",
        ),
        "AND_PREDICATE": ("， 又 PREDICATE",),
        "ACT": ("笑了", "唱歌了", "睡着了", "等了很久", "跳舞了"),
        "DO": ("看见", "找到", "画", "喜欢上"),
        "OBJECT": ("COUNTED", "COUNTED", "PERSON"),
        "COUNTED": ("一只 BEAST", "一只 KIND BEAST", "一棵 KIND 树", "一本 KIND 书"),
        "BEAST": ("鸟", "狗"),
        "KIND": ("小", "大", "漂亮的"),
        "WHERE": ("在 PLACE SIDE", "在 QUIET PLACE SIDE"),
        "QUIET": ("安静的", "漂亮的"),
        "SIDE": ("里", "旁边", "后面"),
        "PLACE": ("花园", "房子", "学校", "树林"),
        "WHEN": ("今天", "昨天", "早上"),
    },
)

RECIPE = Recipe(hidden=12, embedding=8, steps=2500, learning_rate=0.02, emphasis=30)

TASK = subject_task(
    name="subject_zh",
    title=N_("The subject of the sentence, in Chinese"),
    question=N_("她 or 他: which one does the network write, and when does it change its mind?"),
    grammar=GRAMMAR,
    examples={
        N_("A new subject"): "安娜在花园里看见了一只小鸟，又唱歌了，所以她笑了。"
        "后来汤姆在学校旁边等了很久，因为他喜欢上了一本漂亮的书。",
        N_("Twelve words between"): "小明睡着了。后来奶奶早上在安静的花园里找到了一只小狗，"
        "所以她笑了。",
        N_("Three subjects"): "爸爸跳舞了，而且他唱歌了。小红在房子旁边画了一只鸟，因为她等了很久。"
        "接着小明在树林里睡着了，所以他笑了。",
        N_("Seen, but no subject"): "玛丽看见了约翰，因为她等了很久。后来她在学校后面找到了爸爸，"
        "而且她跳舞了。",
    },
    read_text=words_without_spaces,
    between="",
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=1000, learning_rate=0.03),
)
