#ifndef CATALOG_SETTING_H
#define CATALOG_SETTING_H

#include "server/catalog/entity.h"

enum setting_tag {
    SETTING_NAME = 1,
    SETTING_CODE = 2,
    SETTING_BUSINESS_TYPE = 3,
    SETTING_PHONE = 4,
    SETTING_EMAIL = 5,
    SETTING_ADDRESS = 6,
    SETTING_CURRENCY = 7,
    SETTING_TIMEZONE = 8,
    SETTING_COUNTRY_PREFIX = 9,
    SETTING_FLEET_POLICIES = 10,
    SETTING_COLLECT_IN_PARTS = 11,
    SETTING_OVER_PAYMENT_CREDIT = 12,
    SETTING_FOUR_EYES = 13,
    SETTING_BACKDATE_DAYS = 14,
    SETTING_RENEW_AHEAD_DAYS = 15,
    SETTING_REMINDER_DAYS = 16,
    SETTING_POLICY_PATTERN = 17,
    SETTING_RECEIPT_PATTERN = 18,
    SETTING_CERTIFICATE_PATTERN = 19,
    SETTING_MODULES_OFF = 20,
    SETTING_MANAGER_STAFF = 21,
    SETTING_REGULATOR_ACCESS = 22,
    SETTING_IDLE_MINUTES = 23,
    SETTING_SESSION_HOURS = 24,
    SETTING_BRAND_NAME = 25,
    SETTING_BRAND_COLOUR = 26,
    SETTING_CERTIFICATE_HEADER = 27,
    SETTING_UPDATED_AT = 28,
    SETTING_LOGO = 29,
};
enum setting_action { SETTING_SET_LOGO = 1, SETTING_DROP_LOGO = 2 };

struct setting {
    struct row_head row;
    struct str name, code, business_type, phone, email, address, currency, timezone, country_prefix;
    bool fleet_policies, collect_in_parts, over_payment_credit;
    money_t four_eyes;
    int64_t backdate_days, renew_ahead_days;
    struct str reminder_days, policy_pattern, receipt_pattern, certificate_pattern, modules_off;
    bool manager_staff, regulator_access;
    int64_t idle_minutes, session_hours;
    struct str brand_name, brand_colour, certificate_header;
    bool logo;
    stamp_t updated_at;
};

enum setting_logo_tag { LOGO_PICTURE = 1 };
struct setting_logo {
    struct row_head row;
    struct str picture; /* PNG */
};

extern const struct entity setting_entity;

#endif
