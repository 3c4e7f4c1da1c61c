"""The next node of a walk without a model: chosen from what the library, the category's checklist and the general list hold.

First the library's topic with most of the problem's words, if that is convincing, along the branch that the answers take; then the
category's own checklist; then what any problem of its kind can be asked. A text comes once. The walk goes on while the answers do not
solve the problem, and ends in a hand-over where somebody is in danger, where a person has to come, and where nothing is left to ask.

Answers are read by phrases in three languages. A wrong "solved" would end a walk and one step too many would not, so in doubt a problem
counts as unsolved; a wrong "danger" costs a hand-over and a missed one may cost more, so in doubt danger counts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from casework.walks.categories import OTHER, categories, general_checklist
from casework.walks.keywords import covered, keywords, letters_of, plain, rarities
from casework.walks.library import LANGUAGES, library, library_flow
from casework.walks.ports import TERMINAL, NodeDraft, NodeType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from casework.walks.library import Flow, Node
    from casework.walks.ports import AnsweredStep, BuildAsk

CONVINCING = 0.45
"""Least weighted share of the problem's words that a topic must hold; with LEAD, 3 of 1406 wrong pairs of the labelled phrasings pass."""
LEAD = 0.1
"""By how much that share must exceed the best of all other topics."""
LIBRARY_STEPS = 4
"""After so many the topic has had its chance."""
_FALLBACK = "en"
_QUOTED = 300
_BRANCHES = 2


class _Words(NamedTuple):
    """What the builder itself says in one language."""

    yes: str
    no: str
    unsure: str
    noted: str
    solved: str
    unsolved: str
    helped: str
    over: str
    danger: str
    exhausted: str


_WORDS = {
    "en": _Words(
        yes="Yes",
        no="No",
        unsure="Not sure",
        noted="See the note",
        solved="Solved",
        unsolved="Not solved",
        helped="The problem is solved. What solved it: {step}",
        over="The problem is solved.",
        danger="Somebody may be in danger, or a person has to come. Keep everybody at a distance, call the emergency services if "
        "anybody is at risk, and hand over at once with the place and what was seen.",
        exhausted="Everything that can be asked from here has been asked. Hand over with the answers so far.",
    ),
    "th": _Words(
        yes="ใช่",
        no="ไม่ใช่",
        unsure="ไม่แน่ใจ",
        noted="ดูในบันทึก",
        solved="แก้ได้แล้ว",
        unsolved="ยังแก้ไม่ได้",
        helped="ปัญหาแก้ได้แล้ว ขั้นตอนที่แก้ได้คือ {step}",
        over="ปัญหาแก้ได้แล้ว",
        danger="อาจมีคนอยู่ในอันตราย หรือต้องมีเจ้าหน้าที่ไปที่จุดนั้น ให้ทุกคนอยู่ห่าง ถ้ามีใครเสี่ยงอันตรายให้โทรสายด่วนฉุกเฉิน แล้วส่งต่อเรื่องทันที พร้อมแจ้งสถานที่และสิ่งที่พบ",
        exhausted="ถามครบทุกข้อที่ถามจากตรงนี้ได้แล้ว ให้ส่งต่อเรื่องพร้อมคำตอบที่ได้มา",
    ),
    "zh": _Words(
        yes="是",
        no="否",
        unsure="不确定",
        noted="见备注",
        solved="已解决",
        unsolved="未解决",
        helped="问题已解决。有效的步骤：{step}",
        over="问题已解决。",
        danger="可能有人处于危险之中，或者需要派人到现场。请让所有人远离，如有人受到威胁请立即拨打紧急电话，并马上转交，说明地点和看到的情况。",
        exhausted="能远程询问的都已问过。请连同已有的回答一起转交。",
    ),
}


def _pattern(*parts: str) -> re.Pattern[str]:
    """Any of the parts, folded as `plain` folds texts (which takes a Thai sara am apart)."""
    return re.compile(unicodedata.normalize("NFKC", "|".join(parts)))


_CLAUSES = _pattern(r"[.,;!:\n。、]+", r"\bbut\b", "แต่", "但是?", "不过")

_SOLVED = _pattern(
    r"\b(?:solved|resolved)\b",
    r"\bfixed\b(?! (?:ip|line|address|cable|disk|drive|phone|size|width|price|term|asset))",
    r"\b(?:works|working|running) (?:now(?! and then)|again|fine|well|perfectly|properly|normally)\b",
    r"\bnow (?:it )?works\b",
    r"\bback (?:to normal|online)\b",
    r"\ball good\b",
    r"\bproblem(?: is|'s)? gone\b",
    "(?:แก้|แก้ไข|แก้ปัญหา|ใช้|ใช้งาน|เข้า|เปิด|ต่อ|ทำงาน|พิมพ์|เชื่อมต่อ)(?:ได้|ได้ปกติ|ปกติ)แล้ว",
    "^(?:ได้|หาย)แล้ว",
    "(?:ปัญหา|อาการ)หาย(?:ไป)?แล้ว",
    "(?:เรียบร้อย|ปกติ|โอเค)แล้ว",
    "ไม่มีปัญหาแล้ว",
    "(?:กลับมา|ใช้ได้)ปกติ",
    "解决了|已(?:经)?解决|搞定|修好了",
    r"(?:^|\s|现在|已经|已|都|就|全|弄|问题|网络|电脑)(?:好|可以|正常|行)了",
    "(?:能|可以)用了|恢复(?:了|正常)|没(?:有)?问题了|连上了|能打开了",
)
_WORKS = _pattern(
    r"\bit (?:works|is working)$", r"\bit's working$", "^(?:ใช่ )?(?:ใช้|ทำงาน)ได้(?:ครับ|ค่ะ|คะ)?$", "^(?:是的?)?(?:能用|可以用)$"
)
"""Good news, unless the step tried it elsewhere."""
_ELSEWHERE = _pattern(
    "another (?:device|computer|phone|person|browser)", "colleague", "for them", "อุปกรณ์อื่น", "เพื่อนร่วมงาน", "另一台", "同事"
)
_UNSOLVED = _pattern(
    r"n['’]?t\b",
    r"\b(?:not|never|still|nothing|none|neither|no longer|hardly|barely|almost|partly|half|only|cannot|if|until|unless)\b",
    r"\b(?:be|being|get) (?:fixed|solved|resolved)\b",
    r"\?",
    "ไม่(?!มีปัญหา)|ยัง|หรือเปล่า|ไหม|ถ้า|บางครั้ง|เกือบ",
    "没(?!有?问题了)|不|未|[还仍吗]|如果|要是|只是|有时",
)
_SETBACK = _pattern(
    r"\bstill\b",
    r"\b(?:but|however) (?:it|now|only|not|the)\b",
    r"\bnot (?:yet )?(?:solved|fixed|work)",
    "แต่",
    "ยัง(?:ไม่|คง|มี)",
    "[还仍]是?|但",
)
_ASKS = _pattern(
    r"\b(?:solved|fixed|resolved)\b[^?]*\?",
    r"\b(?:work|works|working|gone|normal) (?:now|again|properly)\b[^.?]*\?",
    "(?:ใช้ได้|ใช้งานได้|แก้ได้|หาย|ปกติ)(?:แล้ว|แล้วหรือยัง|แล้วไหม|แล้วหรือไม่|หรือยัง)$",
    "(?:解决|好|正常|恢复|能用|可以用)了(?:吗|没有)",
)
"""A step that asks whether the problem is solved: a plain yes to it counts."""

_DANGER = _pattern(
    r"\b(?:fires?|flames?|smok(?:e|es|ing|y)|spark(?:s|ing|ed)?|burn(?:s|t|ed|ing)?|explo(?:sion|ded|des|ding))\b",
    r"\b(?:hurt|injur(?:y|ies|ed)|bleed(?:s|ing)?|wounded|unconscious|bitten|trapped|electrocuted|trouble breathing)\b",
    r"\belectric shock\b|\bgas (?:leak|smell)|\bsmell(?:s|ing)? (?:of )?gas\b|\bbulging\b|\bswollen battery\b",
    r"\bdanger(?:ous)?\b|\bambulance\b|\bemergency\b",
    r"\b(?:send|needs?) (?:someone|somebody|a (?:person|technician|crew|engineer))\b",
    r"\b(?:someone|somebody|a (?:person|technician|crew|engineer)) (?:must|has to|needs? to|should) come\b",
    "ไฟไหม้|เพลิงไหม้|ไฟลุก|ควัน|ประกายไฟ|กลิ่นไหม้|ระเบิด|ไฟดูด|ไฟช็อต|ไฟรั่ว|แก๊สรั่ว",
    "บาดเจ็บ|เจ็บ|เลือด|หมดสติ|ถูกกัด|(?:มีใคร|คน)ติดอยู่|หายใจลำบาก|(?<!ขยะ)อันตราย|ฉุกเฉิน|รถพยาบาล",
    "ส่ง(?:คน|ช่าง|เจ้าหน้าที่)|(?:ให้|ต้องมี|ต้องให้)(?:คน|ช่าง|เจ้าหน้าที่)(?:เข้า)?มา",
    "着火|起火|失火|火灾|大火|冒烟|烟雾|浓烟|火花|烧焦|焦味|爆炸|触电|漏电|漏气|燃气|鼓包",
    "受伤|伤者|流血|昏迷|被咬|咬伤|被困|呼吸困难|危险|救护车|派人|有人来|来人|到现场|(?:请|要|得)[^,]{0,6}(?:上门|过来)",
)
_UNTOUCHED = _pattern(
    r"(?:\b(?:no|not|never|without|nobody|no one|none|cannot)|n['’]?t)(?:[ ,]+(?:see|seeing|seen|any|anybody|visible|is|are|was|were|has"
    r"|have|been|be|being|in|on|of|the|a|an|more|signs?|got|feel|smell|real|immediate|or|fire|smoke|sparks|flames|hurt|injured))*[ ,]*$",
    "ไม่(?:มี|เห็น|พบ|เกิด|ได้กลิ่น|ได้|เป็น|ใช่|ถูก|โดน)*(?:ใคร|คน|ผู้|อะไร)*(?:ได้รับ|ถูก|โดน|เห็น|เป็น)*$",
    "(?:没有?|无|未|不|并未)(?:任何|人|谁|看到|看见|发现|闻到|出现|发生|是|会|需要|明显|用|再)*$",
)
"""Before a word of danger: says that there is none."""
_YES = _pattern(r"^(?:yes|yeah|yep|y)\b", r"^(?:ใช่|มี)(?:ครับ|ค่ะ|คะ)?(?:$|[\s,])", r"^(?:是|有|对)的?(?:$|[\s,。])")


class _Step(NamedTuple):
    node_type: NodeType
    text: str
    options: tuple[str, ...]


class EmbeddedBuilder:
    """The builder that needs neither model nor network; the same ask gives the same node."""

    def next_node(self, ask: BuildAsk) -> NodeDraft:
        """Return the node that follows; a resolution or an escalation once the walk is over. Raises nothing."""
        language = ask.language if ask.language in _WORDS else _FALLBACK
        words, flow = _WORDS[language], _nearest_flow(ask.problem_text, _category(ask.category), language)
        if any(map(_signals_danger, ask.steps)):
            return NodeDraft(NodeType.ESCALATE, words.danger)
        if ask.steps and _solves(ask.steps[-1], flow):
            return NodeDraft(NodeType.RESOLUTION, _what_solved(ask.steps, language))
        asked = {_key(step.question) for step in ask.steps}
        step = next((one for one in _steps(ask, flow, language) if _key(one.text) not in asked), None)
        return NodeDraft(step.node_type, step.text, step.options) if step else NodeDraft(NodeType.ESCALATE, words.exhausted)


# --- what can be asked ---------------------------------------------------------------------------------------------


def _steps(ask: BuildAsk, flow: Flow | None, language: str) -> Iterator[_Step]:
    category = categories()[_category(ask.category)]
    lists = chain(category.checklist, general_checklist(category.kind))
    return chain(_branch(flow, ask.steps, language), (_list_step(item, language) for item in lists))


def _category(code: str) -> str:
    return code if code in categories() else OTHER


def _list_step(item: Mapping[str, Any], language: str) -> _Step:
    words, node_type = _WORDS[language], NodeType(item["node_type"])
    outcome = (words.unsolved, words.solved)
    polar = (words.yes, words.no) if _takes_yes_or_no(item["text"]["zh"]) else ()
    options = {NodeType.QUESTION: (*(polar or (words.noted,)), words.unsure), NodeType.CHECK: polar + outcome}
    return _Step(node_type, item["text"][language].strip(), options.get(node_type, outcome))


@cache
def _takes_yes_or_no(chinese: str) -> bool:
    """Say whether a list's text can be answered so, which only its Chinese wording shows by itself: 吗 or 是否 in every question."""
    sentences = re.findall("[^？。！]*？", chinese)
    return all(re.search("吗|没有？|有没有|是否", one) and not re.search("还是|什么|哪", one) for one in sentences) and bool(sentences)


def _branch(flow: Flow | None, steps: Sequence[AnsweredStep], language: str) -> Iterator[_Step]:
    """Walk the library's tree as far as the answers lead, and yield each step on the way; the last one is not answered yet."""
    answers = {_key(step.question): step.answer for step in steps}
    node = flow.entry if flow else None
    for _ in range(LIBRARY_STEPS):
        if flow is None or node is None or node["node_type"] in TERMINAL:
            return
        yield _library_step(node, language)
        answer = answers.get(_key(node["text"]))
        target = None if answer is None else _target(node, answer) or _otherwise(node)
        node = flow.node(target) if target else None


def _library_step(node: Node, language: str) -> _Step:
    words, node_type, own = _WORDS[language], NodeType(node["node_type"]), tuple(node["options"])
    outcome = () if node_type == NodeType.QUESTION else (words.unsolved, words.solved)
    own = () if outcome and len(own) == 1 else own
    return _Step(node_type, node["text"].strip(), tuple(dict.fromkeys(own + outcome)))


def _target(node: Node, answer: str) -> str | None:
    """Return where the answer leads; one that begins with an option's words counts as that option."""
    said = _key(answer)
    fitting = [option for option in node["options"] if said.startswith(_key(option))]
    return node["next"][max(fitting, key=len)] if fitting else None


def _otherwise(node: Node) -> str | None:
    """Return the branch of an answer in other words: the last (no, no change), unless there are too many to guess."""
    return node["next"][node["options"][-1]] if len(node["options"]) <= _BRANCHES else None


@cache
def _bags() -> Mapping[str, frozenset[str]]:
    families: dict[str, frozenset[str]] = {}
    for flow in library():
        families[flow.family] = families.get(flow.family, frozenset()).union(*map(keywords, flow.exemplars))
    return families


@cache
def _weights() -> Mapping[str, float]:
    return rarities(_bags().values())


def _nearest_flow(problem: str, category: str, language: str) -> Flow | None:
    """Return the topic of the category that clearly has most of the problem's words, if any."""
    words = keywords(problem)
    shares = {family: covered(words, bag, _weights()) for family, bag in _bags().items()}
    best, second = sorted(shares, key=lambda family: (-shares[family], family))[:2]
    flow = library_flow(f"{best}.{language}")
    convincing = shares[best] >= CONVINCING and shares[best] - shares[second] >= LEAD
    return flow if flow and convincing and flow.category == category else None


def _key(text: str) -> str:
    return letters_of(text) or plain(text).strip()


# --- what the answers say ------------------------------------------------------------------------------------------


def _solves(step: AnsweredStep, flow: Flow | None) -> bool:
    """Say whether a step's answer or note tells that the problem is solved."""
    answer = _key(step.answer)
    if answer in _options("unsolved"):
        return False
    if answer in _options("solved") or _reaches_resolution(step, flow):
        return True
    verdicts = {_verdict(text, step.question) for text in (step.answer, step.note)}
    return True in verdicts and False not in verdicts


@cache
def _options(name: str) -> frozenset[str]:
    return frozenset(_key(getattr(_WORDS[language], name)) for language in LANGUAGES)


def _reaches_resolution(step: AnsweredStep, flow: Flow | None) -> bool:
    """Say whether the library's tree ends well with this answer."""
    node = next((one for one in flow.nodes if _key(one["text"]) == _key(step.question)), None) if flow else None
    target = _target(node, step.answer) if flow and node and node["node_type"] not in TERMINAL else None
    end = flow.node(target) if flow and target else None
    return end is not None and end["node_type"] == NodeType.RESOLUTION


def _verdict(text: str, question: str) -> bool | None:
    """Return True for solved, False for not solved, None where the text says neither."""
    said, asked = plain(text).strip(), plain(question)
    if _SETBACK.search(said):
        return False
    clauses = [clause.strip() for clause in _CLAUSES.split(said)]
    claims = [clause for clause in clauses if _claims(clause, asked)]
    if claims:
        return not any(map(_UNSOLVED.search, claims))
    return True if _YES.search(said) and _ASKS.search(asked) and not _UNSOLVED.search(said) else None


def _claims(clause: str, asked: str) -> bool:
    return bool(_SOLVED.search(clause) or (_WORKS.search(clause) and not _ELSEWHERE.search(asked)))


def _signals_danger(step: AnsweredStep) -> bool:
    """Say whether answer or note tells of danger or asks for a person, or a question about that was affirmed."""
    if any(map(_tells_danger, (step.answer, step.note))):
        return True
    return bool(_YES.search(plain(step.answer).strip()) and _tells_danger(step.question))


def _tells_danger(text: str) -> bool:
    return any(not _UNTOUCHED.search(clause[: found.start()]) for clause in _split(text) for found in _DANGER.finditer(clause))


def _split(text: str) -> list[str]:
    """Return the clauses, so that a "no" before a comma or a "but" denies nothing behind it."""
    return _CLAUSES.split(plain(text))


def _what_solved(steps: Sequence[AnsweredStep], language: str) -> str:
    """Name the last step, or the instruction before it where the last only asked whether the problem is gone."""
    words = _WORDS[language]
    step = _shown(_helpful(steps).question)
    return words.helped.format(step=step) if step else words.over


def _helpful(steps: Sequence[AnsweredStep]) -> AnsweredStep:
    last = steps[-1]
    if not _ASKS.search(plain(last.question)):
        return last
    return next((step for step in reversed(steps[:-1]) if _key(step.question) in _instructions()), last)


@cache
def _instructions() -> frozenset[str]:
    nodes = chain.from_iterable(flow.nodes for flow in library())
    items = chain(*(one.checklist for one in categories().values()), general_checklist("support"), general_checklist("city"))
    told = (text for item in items if item["node_type"] == NodeType.INSTRUCTION for text in item["text"].values())
    return frozenset(map(_key, chain(told, (node["text"] for node in nodes if node["node_type"] == NodeType.INSTRUCTION))))


def _shown(text: str) -> str:
    """Return a step's text on one line, without signs that cannot be shown, at most _QUOTED characters."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 2 * _QUOTED]).split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1].rstrip()}…"
