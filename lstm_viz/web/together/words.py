"""The words of which a class's code is made: short, common, and told apart when called out."""

_TEXT = """
acorn actor amber angel apple april apron arrow aunt autumn baby bacon badge baker balloon
banana basket beach bean bear bell berry bike bird blanket boat bonus book boot bottle bowl box
branch brave bread bridge bright brook brother brush bubble bucket bus butter button cabin cake
camel camera candle candy canoe captain carpet carrot castle cat cellar chair chalk cheese
cherry chess chicken circle city clever cliff clock cloud clown coast cocoa coffee coin comet
cookie copper coral corner cotton cousin cow crayon cricket crown cup curtain dance dawn deer
desert desk diamond dinner doctor dog dolphin donkey door dragon dream drum duck eagle early
east echo egg eight elbow engine evening falcon family farm feather fence field finger fire
fish five flag flower flute forest fork fox friend frog fruit garden gentle giant giraffe glass
glove goat gold goose grape grass green guitar hammer happy harbor hat hero hill honey horse
hotel house ice igloo island ivory jacket jaguar jelly jewel jungle kettle king kitchen kite
kitten koala ladder lake lamp lemon leopard letter library lion lizard lucky magic mango maple
market meadow melon middle milk mirror monkey moon morning mountain mouse museum music needle
nest night nine north nurse oasis ocean olive onion orange orchard otter owl paint palace panda
paper parrot peach peanut pear pencil pepper piano picnic pilot pirate planet plum pocket poem
pony potato puppy purple puzzle queen quiet rabbit radio rainbow river road robin rocket rose
sail salt sand school seven shark sheep shell silver sister sky snow sugar
"""
WORDS: tuple[str, ...] = tuple(_TEXT.split())
