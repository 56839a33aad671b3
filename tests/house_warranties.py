"""What the files of the warranties' room are for, its folder, and which of them the doors may read (test_house.py)."""

BEYOND = {
    "warranties/repair_rules": "pure: where a repair can go, and its words",
    "warranties/repairs": "reads about repairs",
    "warranties/finding": "reads that find one certificate among many",
    "warranties/kinds": "reads what a shop promises, and its sheets of codes",
    "warranties/hands": "reads how certificates go from hand to hand",
    "warranties/sales": "reads purchases for which certificates may be given",
    "warranties/ends": "reads which certificates end soon, and who holds a living one",
}
FOLDERS = {"warranties/actions"}
READS = {"finding", "hands", "kinds", "repairs", "repair_rules", "sales"}
