#ifndef CATALOG_CUSTOMER_H
#define CATALOG_CUSTOMER_H

#include "server/catalog/entity.h"

enum customer_kind { CUSTOMER_INDIVIDUAL = 1, CUSTOMER_COMPANY = 2 };
enum customer_gender { GENDER_FEMALE = 1, GENDER_MALE = 2 };
enum customer_status { CUSTOMER_ACTIVE = 1, CUSTOMER_VOID = 2, CUSTOMER_FORGOTTEN = 3 };

/* actions */
enum customer_action { CUSTOMER_HOLD = 1, CUSTOMER_RELEASE = 2, CUSTOMER_FORGET = 3, CUSTOMER_REPORT = 4 };

enum customer_tag {
    CUSTOMER_KIND = 1,
    CUSTOMER_NAME = 2,
    CUSTOMER_PHONE = 3,
    CUSTOMER_EMAIL = 4,
    CUSTOMER_ID_TYPE = 5,
    CUSTOMER_ID_NUMBER = 6,
    CUSTOMER_BIRTH_DATE = 7,
    CUSTOMER_GENDER = 8,
    CUSTOMER_ADDRESS = 9,
    CUSTOMER_CITY = 10,
    CUSTOMER_BRANCH = 11,
    CUSTOMER_NOTE = 12,
    CUSTOMER_STATUS = 13,
    CUSTOMER_CREATED_AT = 14,
    CUSTOMER_UPDATED_AT = 15,
    CUSTOMER_PHONE_KEY = 50,
    CUSTOMER_ID_KEY = 51,
    CUSTOMER_BIRTH_KEY = 52,
    CUSTOMER_PERSONAL_SEALED = 53,
    CUSTOMER_PERSON_KEY = 54,
};

struct customer {
    struct row_head row;
    choice_t kind;
    struct str name;
    struct str phone, phone_key;
    struct str email;
    struct ref id_type;
    struct str id_number, id_key;
    date_t birth_date;
    struct str birth_key;
    choice_t gender;
    struct str address, city;
    struct ref branch;
    struct str note;
    choice_t status;
    struct str personal_sealed, person_key;
    stamp_t created_at, updated_at;
};

extern const struct entity customer_entity;

#endif
