"""Published examples of ratings, as read in the public test suites and data sets that are named with each.

Read and reproduced, here and in test_agreement_published.py: alpha with every metric, with a distance of
one's own and with distances of sets; Cohen (weighted too) and its largest attainable value, Scott, Bennett,
Brennan-Prediger, Fleiss (per category too), Conger, Hubert, Light, AC1, AC2 with every set of weights,
percent and specific agreement, alpha_U, gamma's disorder, B, WindowDiff, Pk, NVivo's percentage and the rule
of its kappa. No printed figure with its data could be read for the u-alpha family of 2016, gamma-cat as
Mathet defines it, Holsti's agreement on characters, MAXQDA's and ATLAS.ti's: these are held to their
definitions by brute force, and to other programs where there are any.
"""

N = None

# Krippendorff (2011), four coders, twelve units; read in public implementations' tests.
KRIPPENDORFF_2011 = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
        strict=True,
    )
)
# The three-coder example of the encyclopaedia article on alpha; read in public implementations' tests.
THREE_CODERS = list(
    zip(
        [N, N, N, N, N, 3, 4, 1, 2, 1, 1, 3, 3, N, 3],
        [1, N, 2, 1, 3, 3, 4, 3, N, N, N, N, N, N, N],
        [N, N, 2, 1, 3, 4, 4, N, 2, 1, 1, 3, 3, N, 4],
        strict=True,
    )
)
# Data sets of irrCAC (Gwet's examples).
RAW_4 = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, N],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
        strict=True,
    )
)
RAW_5 = list(
    zip(
        [1, 1, 2, N, 0, 0, 1, 1, 2, 2, N, 0, 1, 3, 1],
        [1, 1, 3, 0, 0, 0, 0, N, 2, 1, 1, 0, 2, 3, 1],
        [2, 0, 3, 0, 0, 0, 2, 2, 2, 1, 0, 0, 2, 2, 1],
        [N, 1, 3, N, N, N, N, 0, N, 1, 0, 0, 2, 2, N],
        [2, N, N, 0, 0, 0, 1, N, 2, N, N, N, N, 3, 1],
        strict=True,
    )
)
RAW_G = list(
    zip(
        ["a", "b", "c", "c", "b", "a", "d", "a", "b", N, N, N, "b", "b"],
        ["a", "b", "c", "c", "b", "b", "d", "a", "b", "e", N, N, "b", "a"],
        [N, "c", "c", "c", "b", "c", "d", "b", "b", "e", "a", "c", "c", "c"],
        ["a", "b", "c", "c", "b", "d", "d", "a", "b", "e", "a", N, "b", "b"],
        strict=True,
    )
)
RAW_GENDER = list(
    zip("aaaaabbbcaaaaab", "aaaababccaaaaba", "abbcaabbcabbcaa", "ccccaabbcccccaa", strict=True)
)
BEN_GERRY = list(zip("aabbdcccedda", ["b", "a", "b", "b", "b", "c", "c", "c", "e", N, "d", "d"], strict=True))
# Hayes and Krippendorff (2007), five coders, forty units, in the order of dkpro-statistics' test.
HAYES_TEXT = """
112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 111.1 212.2 1233.
1101. 000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 110.0 2121. 22.22 3222. 222.2 223.2
222.2 22.12 2222. 111.1
"""
HAYES = [[int(cell) if cell != "." else N for cell in row] for row in HAYES_TEXT.split()]
# Fleiss (1971), six psychiatrists, thirty patients, in the order of dkpro-statistics' test.
FLEISS_TEXT = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335
111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
FLEISS_1971 = [[int(cell) for cell in row] for row in FLEISS_TEXT.split()]
# Artstein and Poesio (2008), as dkpro-statistics gives the tables.
ARTSTEIN_1 = [["S", "S"]] * 20 + [["I", "S"]] * 20 + [["S", "I"]] * 10 + [["I", "I"]] * 50
ARTSTEIN_2 = [["S", "S"]] * 46 + [["I", "S"]] * 6 + [["I", "I"]] * 32 + [["I", "C"]] * 6 + [["C", "C"]] * 10
# Warrens (2010) after O'Malley et al. (2006), eight pathologists, as dkpro-statistics gives it.
WARRENS_2010 = (
    [list("NNNNNNNN")] * 14
    + [list("NNNANNNN")]
    + [list("NNNNNNNA")]
    + [list("AAAAAAAA")] * 10
    + [list("AANAAAAN")] * 2
    + [list("AANANAAN")]
    + [list("AANANANN")]
)
# Cohen (1968), two judges, 200 cases, as the psych package's documentation gives it.
COHEN_1968 = [
    [a, b]
    for a, row in zip("PNS", ([88, 14, 18], [10, 40, 10], [2, 6, 12]), strict=True)
    for b, times in zip("PNS", row, strict=True)
    for _ in range(times)
]
# Two abstractors, 100 women, three kinds of pregnancy: irrCAC's example of a table.
ABSTRACTORS = [
    [a, b]
    for a, row in zip("EAN", ([13, 0, 0], [0, 20, 7], [0, 4, 56]), strict=True)
    for b, times in zip("EAN", row, strict=True)
    for _ in range(times)
]
