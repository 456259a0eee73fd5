#include "server/ctl/demo_people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/attr.h"

const char *const demo_paper_codes[DEMO_PAPERS] = {"nida", "passport", "driving_licence", "voter", "tin"};

enum { NAMES = 28, FAMILIES = 36 };

/* One way of naming: given names of women and men, and the names that follow. */
struct people {
    int weight;
    const char *women[NAMES], *men[NAMES], *families[FAMILIES];
};

static const struct people peoples[] = {
    {38, /* of the coast and the islands */
     {"Amina",  "Zainab", "Mwanaidi", "Fatuma", "Rehema",      "Salma",   "Asha",
      "Halima", "Mariam", "Khadija",  "Zuhura", "Saada",       "Mwajuma", "Hadija",
      "Tatu",   "Zawadi", "Shamsa",   "Subira", "Mwanahamisi", "Rukia",   "Leila",
      "Nuru",   "Ashura", "Sikujua",  "Jamila", "Pili",        "Biubwa",  "Arafa"},
     {"Juma",     "Hassan",  "Ramadhani", "Salum",    "Rashid",   "Omari",   "Abdallah",
      "Hamisi",   "Shabani", "Bakari",    "Athumani", "Mohamed",  "Said",    "Khamis",
      "Iddi",     "Issa",    "Yusuf",     "Seif",     "Suleiman", "Haruna",  "Mussa",
      "Selemani", "Kassim",  "Twaha",     "Maulidi",  "Rajabu",   "Mbaraka", "Zuberi"},
     {"Mwinyi",   "Kombo",    "Mrisho",  "Mtumwa",  "Kondo",     "Kibwana", "Mshamu", "Ngwali",
      "Makame",   "Pazi",     "Juma",    "Hassan",  "Ramadhani", "Salum",   "Rashid", "Omari",
      "Abdallah", "Hamisi",   "Shabani", "Bakari",  "Athumani",  "Mohamed", "Said",   "Khamis",
      "Iddi",     "Issa",     "Yusuf",   "Seif",    "Suleiman",  "Mbwana",  "Mussa",  "Selemani",
      "Kassim",   "Mnyamani", "Kisoma",  "Ngonyani"}                                                       },
    {36, /* of the highlands and the lake */
     {"Neema",   "Grace",     "Upendo",    "Happiness", "Esther",    "Rose",    "Joyce",
      "Anna",    "Gloria",    "Agnes",     "Furaha",    "Imani",     "Baraka",  "Tumaini",
      "Pendo",   "Elizabeth", "Catherine", "Doreen",    "Veronica",  "Janeth",  "Lightness",
      "Witness", "Monica",    "Beatrice",  "Theresia",  "Restituta", "Magreth", "Winfrida"},
     {"John",     "Emmanuel",  "Joseph",     "Peter",  "Godfrey", "Elia",   "Daudi",
      "Baraka",   "Frank",     "Michael",    "Paulo",  "Petro",   "Yohana", "Simon",
      "Anthony",  "Innocent",  "Deogratius", "Gerald", "Faraja",  "Elisha", "Amani",
      "Goodluck", "Respicius", "Onesmo",     "Festo",  "Venance", "Japhet", "Wilfred"},
     {"Mushi",     "Massawe",  "Mrema",     "Lyimo",  "Kimaro", "Swai",    "Shayo",      "Temba",
      "Urassa",    "Mbise",    "Pallangyo", "Kaaya",  "Laizer", "Mollel",  "Sanga",      "Mwakalinga",
      "Mwaipopo",  "Mwakyusa", "Kyando",    "Haule",  "Komba",  "Ngowi",   "Rutashobya", "Kamugisha",
      "Rwegasira", "Byabato",  "Mkapa",     "Chacha", "Marwa",  "Nyerere", "Mgaya",      "Chengula",
      "Kilasi",    "Mhagama",  "Mapunda",   "Tarimo"}                                                      },
    {18, /* Sukuma and Nyamwezi */
     {"Kabula",  "Ngolo",   "Nyanzobe", "Minza",   "Holo",    "Kwandu",  "Mbuke",
      "Shija",   "Milembe", "Nkamba",   "Ng'walu", "Limi",    "Sayi",    "Kulwa",
      "Doto",    "Nshoma",  "Monica",   "Tabu",    "Leticia", "Getruda", "Regina",
      "Modesta", "Suzana",  "Wande",    "Bugumba", "Lucia",   "Yulitha", "Mhindi"},
     {"Masanja",  "Masunga", "Shija",   "Kulwa",    "Doto",    "Mabula",    "Magesa",
      "Maganga",  "Nkwabi",  "Makoye",  "Luhende",  "Bundala", "Sengerema", "Lubango",
      "Ng'wandu", "Malimi",  "Kasanda", "Ndaki",    "Jilala",  "Mayunga",   "Charles",
      "Paschal",  "Lameck",  "Samson",  "Zacharia", "Elikana", "Mathias",   "Njile"},
     {"Masanja", "Masunga",  "Mashimba", "Magesa", "Maganga",   "Nkwabi",    "Makoye", "Luhende",  "Bundala",
      "Lubango", "Ng'wandu", "Malimi",   "Ndaki",  "Jilala",    "Mayunga",   "Njile",  "Ng'hwani", "Kishosha",
      "Lusinge", "Machibya", "Mhoja",    "Ngasa",  "Shigela",   "Kaswahili", "Mipawa", "Sitta",    "Luhaga",
      "Kidola",  "Bulugu",   "Gamaya",   "Misana", "Kinamhala", "Dotto",     "Mbogo",  "Seni",     "Limbu"}},
    {8,  /* of Indian descent */
     {"Nasreen", "Farida", "Shenaz",  "Yasmin",  "Zarina", "Nisha",    "Priya",  "Meera", "Anjali", "Kavita",
      "Rekha",   "Sheila", "Munira",  "Tasneem", "Batul",  "Rukhsana", "Dipti",  "Hina",  "Sakina", "Nafisa",
      "Pooja",   "Jyoti",  "Shabnam", "Arzina",  "Naila",  "Alka",     "Bhavna", "Samira"},
     {"Imran",   "Karim", "Salim",  "Murtaza",  "Hussein", "Akbar",   "Rajesh",
      "Sanjay",  "Vipul", "Nilesh", "Amit",     "Hitesh",  "Mustafa", "Aliasgar",
      "Shabbir", "Firoz", "Nadir",  "Zulfikar", "Jitesh",  "Kamlesh", "Anil",
      "Prakash", "Taher", "Huzefa", "Riyaz",    "Azim",    "Deepak",  "Mitesh"},
     {"Patel",   "Shah",   "Jivraj",   "Kanji",   "Somji",  "Rajani",   "Lalji",  "Versi",    "Dewji",
      "Merali",  "Sachak", "Gulamali", "Esmail",  "Hirji",  "Chande",   "Popat",  "Mehta",    "Thakkar",
      "Lakhani", "Jessa",  "Karimjee", "Walji",   "Nathoo", "Remtulla", "Bhanji", "Ladha",    "Manji",
      "Khimji",  "Premji", "Sumar",    "Alidina", "Haji",   "Jaffer",   "Kassam", "Rattansi", "Virani"}    },
};

static const char *const towns[] = {"Kariakoo",   "Mwanza", "Arusha", "Dodoma",    "Kilimanjaro",
                                    "Ruvuma",     "Pwani",  "Uhuru",  "Serengeti", "Tanga",
                                    "Mbeya",      "Kibo",   "Rufiji", "Morogoro",  "Kagera",
                                    "Ngorongoro", "Mafia",  "Iringa", "Lindi",     "Usambara"};
static const char *const trades[] = {
    "Transport", "Logistics",    "Hardware",    "Traders",       "Safaris",      "Construction",
    "Mills",     "Distributors", "Bus Service", "Agro Supplies", "Fisheries",    "Bottlers",
    "Couriers",  "Cold Stores",  "Petroleum",   "Timber",        "Cement Works", "Pharmacy"};
static const char *const forms[] = {"Ltd", "Co. Ltd", "Enterprises", "Group Ltd", "SACCOS", "& Sons Ltd"};
static const char *const streets[] = {"Nyerere Road",   "Uhuru Street",   "Sokoine Drive", "Station Road",
                                      "Market Street",  "Mwinyi Road",    "Kilwa Road",    "Bagamoyo Road",
                                      "Lumumba Street", "Makongoro Road", "Kenyatta Road", "Azikiwe Street",
                                      "Hospital Road",  "Boma Road",      "Swahili Street"};
/* Places of the mobile operators, "7" or "6" first. */
static const int phone_prefixes[] = {712, 713, 714, 715, 652, 655, 658, 672, 677, 754, 755,
                                     756, 757, 764, 765, 767, 742, 743, 745, 782, 783, 784,
                                     786, 787, 788, 684, 688, 692, 695, 621, 622, 734};

static const char *
pick(struct demo_dice *d, const char *const *words, size_t n)
{
    return words[demo_below(d, (int)n)];
}
#define PICK(d, table) pick((d), (table), COUNTOF(table))

static void
individual_name(struct demo_dice *d, struct demo_person *p)
{
    int weights[COUNTOF(peoples)];
    for (size_t i = 0; i < COUNTOF(peoples); i++)
        weights[i] = peoples[i].weight;
    const struct people *of = &peoples[demo_weighed(d, weights, COUNTOF(peoples))];
    const char *given = p->woman ? PICK(d, of->women) : PICK(d, of->men);
    const char *father = PICK(d, of->men), *family = PICK(d, of->families);
    if (demo_chance(d, 650) && strcmp(father, family) != 0)
        (void)snprintf(p->name, sizeof p->name, "%s %s %s", given, father, family);
    else
        (void)snprintf(p->name, sizeof p->name, "%s %s", given, family);
    if (demo_chance(d, 120)) {
        (void)snprintf(p->email, sizeof p->email, "%s.%s%d@example.com", given, family, demo_below(d, 100));
        for (char *c = p->email; *c; c++)
            *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c == '\'' ? 'a' : *c);
    }
}

static void
company_name(struct demo_dice *d, struct demo_person *p)
{
    const struct people *of = &peoples[demo_below(d, (int)COUNTOF(peoples))];
    const char *first = demo_chance(d, 500) ? PICK(d, towns) : PICK(d, of->families);
    (void)snprintf(p->name, sizeof p->name, "%s %s %s", first, PICK(d, trades), PICK(d, forms));
    if (demo_chance(d, 500))
        (void)snprintf(p->email, sizeof p->email, "office%d@example.com", demo_between(d, 100, 999));
}

static void
individual_paper(struct demo_dice *d, int64_t n, struct demo_person *p)
{
    static const enum demo_paper papers[] = {DEMO_NIDA, DEMO_LICENCE, DEMO_PASSPORT, DEMO_VOTER};
    static const int weights[] = {860, 70, 30, 30};
    uint64_t serial = demo_scatter((uint64_t)n, 7654321, 10000000);
    struct civil b = civil_of(p->birth);
    p->paper = demo_chance(d, 25) ? DEMO_NO_PAPER : papers[demo_weighed(d, weights, COUNTOF(weights))];
    switch (p->paper) {
    case DEMO_NIDA: /* birth date, ward, serial, check */
        (void)snprintf(p->id_number, sizeof p->id_number, "%04d%02d%02d-%05d-%05d-%02d", b.year, b.month,
                       b.day, demo_between(d, 11101, 77999), (int)(serial / 100), (int)(serial % 100));
        break;
    case DEMO_LICENCE:
        (void)snprintf(p->id_number, sizeof p->id_number, "400%07" PRIu64, serial);
        break;
    case DEMO_PASSPORT:
        (void)snprintf(p->id_number, sizeof p->id_number, "TAE%07" PRIu64, serial);
        break;
    case DEMO_VOTER:
        (void)snprintf(p->id_number, sizeof p->id_number, "T-100%d-%07" PRIu64, demo_below(d, 10), serial);
        break;
    case DEMO_TIN:
    case DEMO_PAPERS:
    case DEMO_NO_PAPER:
        break;
    }
}

void
demo_person(struct demo_dice *d, int64_t n, date_t today, struct demo_person *ret)
{
    struct demo_person p = {.company = demo_chance(d, 60), .woman = demo_chance(d, 420), .paper = DEMO_TIN};
    int line = demo_below(d, 1000000);
    (void)snprintf(p.phone, sizeof p.phone, "+255 %d %03d %03d",
                   phone_prefixes[demo_below(d, COUNTOF(phone_prefixes))], line / 1000, line % 1000);
    (void)snprintf(p.address, sizeof p.address, "%s %d", PICK(d, streets), demo_between(d, 1, 240));
    if (p.company) {
        uint64_t tin = 100000000 + demo_scatter((uint64_t)n, 123456791, 100000000);
        company_name(d, &p);
        (void)snprintf(p.id_number, sizeof p.id_number, "%03d-%03d-%03d", (int)(tin / 1000000),
                       (int)(tin / 1000 % 1000), (int)(tin % 1000));
    } else {
        p.birth = date_add_days(today, -demo_between(d, 19 * 366, 72 * 365));
        individual_name(d, &p);
        individual_paper(d, n, &p);
    }
    *ret = p;
}
