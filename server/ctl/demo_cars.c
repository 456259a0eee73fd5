#include "server/ctl/demo_cars.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"
#include "server/catalog/vehicle.h"

const char *const demo_kind_codes[DEMO_KINDS] = {"motorcycle", "bajaji", "car", "taxi", "bus", "truck"};

struct model {
    enum demo_kind kind;
    int weight;
    const char *make, *model;
    const char
        *mark; /* start of a VIN (its first ten places count) or, with a dash at its end, of a frame number */
    const char *engine; /* start of the engine number */
    int seats;
    int least, most; /* thousand shillings, new or freshly imported */
};

static const struct model models[] = {
    {DEMO_MOTORCYCLE, 34, "Bajaj",           "Boxer BM 150",       "MD2A21BX5NW", "PFXW",     2,  2300,   3100  },
    {DEMO_MOTORCYCLE, 14, "Bajaj",           "Boxer BM 100",       "MD2A18AZ4NW", "DZZW",     2,  1900,   2500  },
    {DEMO_MOTORCYCLE, 18, "TVS",             "HLX 125",            "MD625AF17N1", "AF1M",     2,  2200,   2900  },
    {DEMO_MOTORCYCLE, 6,  "TVS",             "Apache RTR 160",     "MD634KE49N2", "KE4A",     2,  3600,   4600  },
    {DEMO_MOTORCYCLE, 9,  "Sanlg",           "SL150-8",            "LLCLPS3A5NA", "SL162FMJ", 2,  1500,   2200  },
    {DEMO_MOTORCYCLE, 6,  "Haojue",          "HJ125-8",            "LC6PCJ2E5N0", "HJ156FMI", 2,  2200,   2900  },
    {DEMO_MOTORCYCLE, 5,  "Honda",           "CB 125",             "LALPCJ9A8N3", "JC40E",    2,  3900,   5200  },
    {DEMO_MOTORCYCLE, 3,  "Yamaha",          "YBR 125",            "LBPKE1800N0", "E3H5E",    2,  4200,   5400  },
    {DEMO_MOTORCYCLE, 2,  "Kinglion",        "KL150",              "LZL15P108N1", "DUXW",     2,  2500,   3300  },
    {DEMO_BAJAJI,     60, "Bajaj",           "RE 4S",              "MD2A45BX3NW", "AFXW",     4,  7800,   9600  },
    {DEMO_BAJAJI,     28, "TVS",             "King Deluxe",        "MD6M14PA8N4", "OK4N",     4,  7200,   9200  },
    {DEMO_BAJAJI,     12, "Piaggio",         "Ape City",           "MBX0003CEN1", "AP2C",     4,  8200,   9900  },
    {DEMO_CAR,        20, "Toyota",          "IST",                "NCP61-",      "1NZ-",     5,  12500,  19500 },
    {DEMO_CAR,        12, "Toyota",          "Vitz",               "SCP90-",      "2SZ-",     5,  10500,  15500 },
    {DEMO_CAR,        10, "Toyota",          "Noah",               "ZRR70-",      "3ZR-",     8,  21000,  33000 },
    {DEMO_CAR,        9,  "Toyota",          "RAV4",               "ACA31-",      "2AZ-",     5,  27000,  46000 },
    {DEMO_CAR,        9,  "Toyota",          "Corolla Spacio",     "NZE121-",     "1NZ-",     7,  11500,  16500 },
    {DEMO_CAR,        8,  "Toyota",          "Harrier",            "ACU30-",      "2AZ-",     5,  29000,  52000 },
    {DEMO_CAR,        6,  "Toyota",          "Land Cruiser Prado", "TRJ150-",     "2TR-",     7,  72000,  145000},
    {DEMO_CAR,        4,  "Toyota",          "Hilux",              "GUN125-",     "2GD-",     5,  58000,  98000 },
    {DEMO_CAR,        7,  "Nissan",          "X-Trail",            "NT31-",       "MR20-",    5,  19500,  31000 },
    {DEMO_CAR,        5,  "Subaru",          "Forester",           "SH5-",        "EJ20-",    5,  21000,  34000 },
    {DEMO_CAR,        4,  "Mazda",           "Demio",              "DE3FS-",      "ZJ-",      5,  9800,   14500 },
    {DEMO_CAR,        3,  "Suzuki",          "Swift",              "ZC72S-",      "K12B-",    5,  10500,  15800 },
    {DEMO_CAR,        3,  "Volkswagen",      "Tiguan",             "WVGZZZ5NZEW", "CAWA",     5,  29000,  47000 },
    {DEMO_TAXI,       50, "Toyota",          "Passo",              "KGC10-",      "1KR-",     5,  9800,   14500 },
    {DEMO_TAXI,       50, "Toyota",          "Corolla",            "NZE141-",     "1NZ-",     5,  15500,  21500 },
    {DEMO_BUS,        55, "Toyota",          "Hiace",              "TRH200-",     "1TR-",     14, 38000,  62000 },
    {DEMO_BUS,        25, "Toyota",          "Coaster",            "XZB50-",      "N04C-",    29, 62000,  98000 },
    {DEMO_BUS,        20, "Yutong",          "ZK6122H9",           "LZYTDTD65N1", "YC6L",     61, 210000, 340000},
    {DEMO_TRUCK,      40, "Isuzu",           "NPR",                "JALC4B1K5N7", "4HK1-",    3,  48000,  79000 },
    {DEMO_TRUCK,      35, "Mitsubishi Fuso", "Canter",             "FE82D-",      "4M50-",    3,  39000,  66000 },
    {DEMO_TRUCK,      25, "Howo",            "Sinotruk 371",       "LZZ5CLSB2NN", "WD615-",   2,  95000,  165000},
};

static const char *const colours[] = {"Red",  "Blue",  "Black",  "White", "Silver",
                                      "Grey", "Green", "Yellow", "Pearl", "Maroon"};

static const struct model *
choose(struct demo_dice *d, enum demo_kind kind)
{
    int weights[COUNTOF(models)];
    for (size_t i = 0; i < COUNTOF(models); i++)
        weights[i] = models[i].kind == kind ? models[i].weight : 0;
    return &models[demo_weighed(d, weights, COUNTOF(models))];
}

/* Letters I and O look like digits and are not given out. */
static void
number_plate(int64_t n, bool small, char out[16])
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    enum { LETTERS = sizeof letters - 1, DIGITS = 900, FIRSTS = 5 };
    _Static_assert(DIGITS * LETTERS * LETTERS * FIRSTS == DEMO_CARS_MAX, "as many plates as vehicles");
    uint64_t at = demo_scatter((uint64_t)n, 1234577, DEMO_CARS_MAX);
    int digits = (int)(at % DIGITS) + 100;
    at /= DIGITS;
    (void)snprintf(out, 16, "%s %d %c%c%c", small ? "MC" : "T", digits, letters[at / (LETTERS * LETTERS)],
                   letters[at / LETTERS % LETTERS], letters[at % LETTERS]);
}

static void
serials(struct demo_dice *d, int64_t n, const struct model *m, struct demo_car *c)
{
    uint64_t serial = demo_scatter((uint64_t)n, 3456787, 10000000);
    bool frame = m->mark[strlen(m->mark) - 1] == '-';
    /* The serial takes the last seven of a VIN's seventeen places. */
    if (frame)
        (void)snprintf(c->chassis, sizeof c->chassis, "%s%07" PRIu64, m->mark, serial);
    else
        (void)snprintf(c->chassis, sizeof c->chassis, "%.10s%07" PRIu64, m->mark, serial);
    if (!demo_chance(d, 80))
        (void)snprintf(c->engine, sizeof c->engine, "%s%07" PRIu64, m->engine,
                       demo_scatter((uint64_t)n, 8765431, 10000000));
}

static int
usage_of(struct demo_dice *d, enum demo_kind kind, bool company)
{
    switch (kind) {
    case DEMO_MOTORCYCLE:
        return demo_chance(d, 620) ? USAGE_HIRE : company ? USAGE_COMMERCIAL : USAGE_PRIVATE;
    case DEMO_BAJAJI:
    case DEMO_TAXI:
    case DEMO_BUS:
        return USAGE_HIRE;
    case DEMO_TRUCK:
        return USAGE_COMMERCIAL;
    case DEMO_CAR:
    case DEMO_KINDS:
        break;
    }
    return company || demo_chance(d, 60) ? USAGE_COMMERCIAL : USAGE_PRIVATE;
}

void
demo_car(struct demo_dice *d, int64_t n, bool company, int this_year, struct demo_car *ret)
{
    static const int of_people[DEMO_KINDS] = {57, 15, 24, 2, 1, 1},
                     of_companies[DEMO_KINDS] = {22, 4, 34, 4, 12, 24};
    struct demo_car c = {.kind =
                             (enum demo_kind)demo_weighed(d, company ? of_companies : of_people, DEMO_KINDS)};
    const struct model *m = choose(d, c.kind);
    bool small = c.kind == DEMO_MOTORCYCLE || c.kind == DEMO_BAJAJI;
    int age = demo_below(d, small ? 8 : 16) * demo_below(d, 100) / 100;
    int value = demo_between(d, m->least, m->most) * (100 - (small ? 8 : 4) * age) / 100;
    c.make = m->make;
    c.model = m->model;
    c.colour = colours[demo_below(d, COUNTOF(colours))];
    c.seats = m->seats;
    c.year = this_year - (small ? 0 : 2) - age;
    c.value = (int64_t)(value / 100 + 1) * 100000;
    c.usage = usage_of(d, c.kind, company);
    number_plate(n, small, c.plate);
    serials(d, n, m, &c);
    *ret = c;
}
