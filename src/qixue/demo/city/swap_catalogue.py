"""What the people of the synthetic city no longer use."""

from typing import NamedTuple

from qixue.swap.kinds import Kind
from qixue.swap.models import Listing

Condition = Listing.Condition


class Thing(NamedTuple):
    """`picture` is its drawing in `data/swap_pictures.yaml`; `worth` goes from 1 (a book) to 3 (a bicycle)."""

    kind: Kind
    title: str
    note: str  # what its owner says of it
    condition: Condition
    picture: str
    worth: int


THINGS = (
    Thing(Kind.SMALL_APPLIANCE, "电水壶 1.7升", "烧水快，壶底有一点水垢。", Condition.GOOD, "kettle", 2),
    Thing(Kind.SMALL_APPLIANCE, "电饭煲 3升", "换了大的，这个两口之家正合适。", Condition.GOOD, "rice cooker", 2),
    Thing(Kind.SMALL_APPLIANCE, "落地风扇", "三档都好用，底座有划痕。", Condition.WORN, "fan", 2),
    Thing(Kind.SMALL_APPLIANCE, "电热毯（单人）", "", Condition.WORN, "folded cloth", 2),
    Thing(Kind.SMALL_APPLIANCE, "豆浆机", "配件齐全，有说明书。", Condition.GOOD, "jug", 2),
    Thing(Kind.LARGE_APPLIANCE, "单门小冰箱", "制冷正常，要两个人抬。", Condition.WORN, "fridge", 3),
    Thing(Kind.LARGE_APPLIANCE, "微波炉", "", Condition.GOOD, "microwave", 3),
    Thing(Kind.ELECTRONICS, "老人手机", "大按键、大声音，带充电器。", Condition.GOOD, "phone", 2),
    Thing(Kind.ELECTRONICS, "收音机", "能收中波和调频，用两节五号电池。", Condition.WORN, "radio", 2),
    Thing(Kind.ELECTRONICS, "平板电脑", "屏幕完好，电池只能用三小时。", Condition.WORN, "tablet", 3),
    Thing(Kind.FURNITURE, "折叠书桌", "孩子上中学了，桌面有贴纸印。", Condition.WORN, "desk", 3),
    Thing(Kind.FURNITURE, "竹椅两把", "", Condition.GOOD, "chairs", 2),
    Thing(Kind.FURNITURE, "三层鞋架", "拆装方便，螺丝齐全。", Condition.GOOD, "shoe rack", 2),
    Thing(Kind.KITCHENWARE, "炒锅带盖", "新换的木柄。", Condition.GOOD, "wok", 2),
    Thing(Kind.KITCHENWARE, "青花饭碗一套", "十只，一只有小缺口。", Condition.WORN, "bowls", 1),
    Thing(Kind.KITCHENWARE, "保温饭盒", "", Condition.NEW, "lunch box", 1),
    Thing(Kind.BOOKS, "《红楼梦》上下册", "书页发黄，字大。", Condition.WORN, "books", 1),
    Thing(Kind.BOOKS, "小学三年级课外读物五本", "适合九岁左右的孩子。", Condition.GOOD, "many books", 1),
    Thing(Kind.BOOKS, "红茶种植与加工手册", "附有病虫害图。", Condition.GOOD, "books", 1),
    Thing(Kind.TOYS, "积木一盒", "二百多块，洗过晒过。", Condition.GOOD, "blocks", 1),
    Thing(Kind.TOYS, "中国象棋", "木质棋子，盒子有点松。", Condition.GOOD, "chess", 1),
    Thing(Kind.TOYS, "遥控小汽车", "充满电能玩半小时。", Condition.GOOD, "toy car", 1),
    Thing(Kind.CHILDREN, "婴儿推车", "轮子上过油，遮阳篷可以拆洗。", Condition.GOOD, "push-chair", 3),
    Thing(Kind.CHILDREN, "儿童餐椅", "", Condition.NEW, "high chair", 2),
    Thing(Kind.CLOTHES, "男式棉衣 175", "干洗过，只穿了一个冬天。", Condition.GOOD, "coat", 2),
    Thing(Kind.CLOTHES, "双肩书包", "拉链好用。", Condition.GOOD, "backpack", 2),
    Thing(Kind.BEDDING, "蚕丝被（双人）", "", Condition.NEW, "folded cloth", 2),
    Thing(Kind.BEDDING, "遮光窗帘一对", "宽一米五，高两米。", Condition.GOOD, "curtains", 2),
    Thing(Kind.BICYCLE, "女式自行车 24寸", "刹车新换，车铃有点哑。", Condition.WORN, "bicycle", 3),
    Thing(Kind.BICYCLE, "儿童滑板车", "适合五到八岁。", Condition.GOOD, "scooter", 2),
    Thing(Kind.SPORTS, "羽毛球拍一对", "送半筒球。", Condition.GOOD, "rackets", 2),
    Thing(Kind.SPORTS, "葫芦丝 C调", "学过一期，音准好。", Condition.GOOD, "gourd flute", 2),
    Thing(Kind.TOOLS, "手电钻", "带十支钻头。", Condition.GOOD, "drill", 2),
    Thing(Kind.TOOLS, "修枝剪和小铲", "", Condition.WORN, "shears and trowel", 1),
    Thing(Kind.PLANTS, "君子兰一盆", "今年开过花。", Condition.GOOD, "lily", 1),
    Thing(Kind.PLANTS, "三角梅小苗", "已经生根。", Condition.GOOD, "seedling", 1),
    Thing(Kind.OTHER, "老式缝纫机", "能用，皮带要换。", Condition.TO_MEND, "sewing machine", 3),
)
BY_TITLE = {thing.title: thing for thing in THINGS}
