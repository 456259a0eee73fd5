#include "common/wire/frame.h"

/*
 * What deflate starts out knowing: words that stand in many messages, the most frequent last, where a
 * reference to them is cheapest. Part of the protocol: both ends must have the same bytes (its BLAKE2b-256 is
 * in bima-protocol(7)), so a new dictionary needs a new protocol version.
 */
static const char words[] =
    "Mkwawa Mushi Massawe Kimaro Shirima Lyimo Mwakyusa Mwinyi Kikwete Ndugai Juma Hassan Ally Abdallah "
    "Mohamed "
    "Ibrahim Salma Fatuma Zainab Mariam Rehema Asha Neema Grace Joseph Emmanuel Peter John Transport Limited "
    "Company "
    "Traders Logistics Tours & Sons Enterprises Toyota Corolla Hiace Noah RAV4 Land Cruiser Prado Harrier "
    "Premio "
    "Nissan X-Trail Suzuki Carry Mitsubishi Canter Fuso Isuzu Scania Bajaj Boxer TVS King Honda Yamaha white "
    "silver "
    "black blue red grey green motorcycle bajaji car taxi bus truck trailer special private commercial hire "
    "Dar es Salaam Kariakoo Ilala Temeke Kinondoni Mwanza Arusha Dodoma Mbeya Morogoro Tanga Zanzibar "
    "nida passport driving_licence tin voter_id female male individual company Africa/Dar_es_Salaam "
    "describe home find list get check add set act history as_of print batch status "
    "OpenSSH_9.2p1 Debian-2 bima 0.1.0 tui bimad exec bima-json 127.0.0.1 "
    "added changed quoted issued activated renewed cancelled voided reversed verified rejected withdrawn "
    "transferred "
    "not_found BAD_PARAMS NOT_FOUND CONFLICT REFUSED DUPLICATE CONFIRM FORBIDDEN UNAUTHENTICATED RETRY "
    "must be is already on record such as of the not a in at most expected is required "
    "certificate_header receipt_pattern policy_pattern four_eyes country_prefix timezone currency TZS "
    "vehicle_type id_type plate_pattern user_key ownership certificate product branch rate user cover term "
    "receipt "
    "policy vehicle customer Vehicle types Identity papers Plate patterns Sign-in keys Owners Ownership "
    "Certificates "
    "Products Branches Rates Users Covers Terms Receipts Policies Vehicles Customers "
    "public_key fingerprint password language login role email birth_date gender address city id_number "
    "engine_no chassis make model year colour seats usage owner from_date to_date basis flat minimum levy "
    "tax "
    "covers_from covers_to taken_by verified_by taken_at verified_at reversed_at reference method "
    "outstanding paid "
    "sum_insured premium total seq months sold_by holder start_date end_date created_at updated_at is_active "
    "status state note name phone code number plate kind reason amount "
    "Date of birth Identity number Sum insured Premium Levy Tax Total Months Start date End date Sold by "
    "Verified by "
    "Taken by Reference Method Amount Receipt number Policy number Certificate number Number Chassis Engine "
    "number "
    "Colour Seats Usage Owner Holder Product Branch Status State Note Name Phone Address City E-mail Plate "
    "Reason "
    "draft quoted awaiting payment suspended expired cancelled void recorded rejected reversed registered "
    "deregistered cash mobile money bank transfer cheque card mpesa verified active "
    "Policies Permits Inspections Issued Renewed Receipts today unpaid overdue expires in days ago "
    "comprehensive third_party third party Motor Motor comprehensive Motor third-party until 2027- 2026-1 "
    "2026-0 "
    "admin manager cashier viewer agent yes no ,000.00 ,000,000 000 /26/00 R/KK/26/000 C/KK/26/000 KK/26/000 "
    "+255 7 0712 0754 MC T ";

struct str
frame_dictionary(void)
{
    return (struct str){words, sizeof(words) - 1};
}
