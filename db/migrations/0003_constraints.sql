-- What a row must be by itself, and what rows must be to each other as far as constraints can say it.
set local role bima_owner;

alter table app.tenant
  add constraint code_form check (code ~ '^[A-Z0-9]{1,8}$'),
  add constraint name_given check (name <> ''),
  add constraint status_known check (status in (1, 2)),
  add constraint currency_form check (currency ~ '^[A-Z]{3}$'),
  add constraint exponent_known check (currency_exponent between 0 and 4),
  add constraint country_prefix_form check (country_prefix ~ '^[1-9][0-9]{0,3}$'),
  add constraint four_eyes_positive check (four_eyes_minor >= 0),
  add constraint backdate_sane check (backdate_days between 0 and 366),
  add constraint renew_ahead_sane check (renew_ahead_days between 0 and 3660),
  add constraint policy_pattern_counts check (policy_pattern like '%{seq:%}%'),
  add constraint receipt_pattern_counts check (receipt_pattern like '%{seq:%}%' and receipt_pattern like '%{branch}%'
                                               and receipt_pattern like '%{year}%'),
  add constraint certificate_pattern_counts check (certificate_pattern like '%{seq:%}%');
alter table app.tenant_domain add constraint domain_form check (domain ~ '^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$' and length(domain) <= 253);

alter table app.branch
  add constraint code_form check (code ~ '^[A-Z0-9]{1,8}$'),
  add constraint name_given check (name <> '');
alter table app.user_account
  add constraint login_form check (login ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
  add constraint name_given check (name <> ''),
  add constraint role_known check (role between 1 and 5),
  add constraint language_form check (language ~ '^[a-z]{2}$');
alter table app.user_key
  add constraint fingerprint_form check (fingerprint like 'SHA256:%');
alter table app.vehicle_type add constraint code_form check (code ~ '^[a-z0-9_]{1,32}$'), add constraint name_given check (name <> '');
alter table app.id_type
  add constraint code_form check (code ~ '^[a-z0-9_]{1,32}$'),
  add constraint name_given check (name <> ''),
  add constraint birth_at_sane check (birth_at between 1 and 64);
alter table app.plate_pattern add constraint code_form check (code ~ '^[a-z0-9_]{1,32}$'), add constraint name_given check (name <> '');
alter table app.product
  add constraint code_form check (code ~ '^[a-z0-9_]{1,32}$'),
  add constraint name_given check (name <> ''),
  add constraint basis_known check (basis in (1, 2));
alter table app.rate
  add constraint usage_known check (usage in (1, 2, 3)),
  add constraint days_in_order check (to_date >= from_date),
  add constraint amounts_sane check (rate between 0 and 10000000 and levy between 0 and 10000000 and tax between 0 and 10000000
                                     and flat between 0 and 1000000000000000 and minimum between 0 and 1000000000000000),
  -- No two prices for one thing on one day.
  add constraint one_rate_a_day exclude using gist (tenant_id with =, product_id with =, coalesce(vehicle_type_id, 0) with =,
      coalesce(usage, 0::smallint) with =, daterange(from_date, to_date, '[]') with &&);

alter table app.customer
  add constraint kind_known check (kind in (1, 2)),
  add constraint name_given check (name <> ''),
  add constraint phone_form check (phone_key ~ '^[0-9]{6,15}$'),
  add constraint id_whole check ((id_type_id is null) = (id_key is null) and (id_key is null) = (id_number is null) and id_key <> ''),
  add constraint gender_known check (gender in (1, 2)),
  add constraint birth_sane check (birth_date >= '1900-01-01'),
  add constraint status_known check (status in (1, 2));
create unique index customer_id_key on app.customer (tenant_id, id_type_id, id_key) where status <> 2;

alter table app.vehicle
  add constraint plate_whole check ((plate is null) = (plate_key is null) and plate_key <> ''),
  add constraint chassis_whole check ((chassis is null) = (chassis_key is null) and chassis_key <> ''),
  add constraint engine_whole check ((engine_no is null) = (engine_key is null) and engine_key <> ''),
  add constraint plate_or_chassis check (plate_key is not null or chassis_key is not null),
  add constraint make_given check (make <> ''),
  add constraint year_sane check (year between 1900 and 2199),
  add constraint seats_sane check (seats between 1 and 400),
  add constraint usage_known check (usage in (1, 2, 3)),
  add constraint status_known check (status in (1, 2));
create unique index vehicle_plate_key on app.vehicle (tenant_id, plate_key) where status = 1;
create unique index vehicle_chassis_key on app.vehicle (tenant_id, chassis_key);

-- One owner at any instant. A vehicle sold on the day it was bought leaves an empty span, which overlaps nothing.
alter table app.ownership
  add constraint days_in_order check (to_date >= from_date),
  add constraint one_owner exclude using gist (tenant_id with =, vehicle_id with =, daterange(from_date, to_date, '[)') with &&);

alter table app.policy
  add constraint number_given check (number <> ''),
  add constraint state_known check (state between 1 and 8),
  add constraint days_whole check ((start_date is null) = (end_date is null) and end_date >= start_date),
  add constraint policy_vehicle unique (tenant_id, id, vehicle_id);

alter table app.term
  add constraint state_known check (state between 1 and 8),
  add constraint seq_positive check (seq >= 1),
  add constraint days_in_order check (end_date >= start_date),
  add constraint months_sane check (months between 1 and 60),
  add constraint amounts_sane check (sum_insured >= 0 and premium >= 0 and levy >= 0 and tax >= 0 and paid >= 0
                                     and sum_insured <= 1000000000000000 and premium <= 1000000000000000),
  add constraint total_adds_up check (total = premium + levy + tax),
  add constraint activation_dated check ((state in (4, 5, 6, 7)) = (activated_at is not null)),
  add constraint end_explained check (state not in (5, 7, 8) or reason is not null),
  add constraint term_policy unique (tenant_id, policy_id, id);
-- One term at a time waits to be paid for.
create unique index one_open_term on app.term (tenant_id, policy_id) where state in (1, 2, 3);

-- One active cover per vehicle, whatever the policy or term.
alter table app.cover
  add constraint days_in_order check (to_date >= from_date),
  add constraint one_active_cover exclude using gist (tenant_id with =, vehicle_id with =, daterange(from_date, to_date, '[]') with &&)
      where (in_force),
  add constraint cover_of_policy_term foreign key (tenant_id, policy_id, term_id) references app.term (tenant_id, policy_id, id),
  add constraint cover_of_policy_vehicle foreign key (tenant_id, policy_id, vehicle_id) references app.policy (tenant_id, id, vehicle_id),
  add constraint cover_whole unique (tenant_id, policy_id, term_id, vehicle_id, id);

alter table app.receipt
  add constraint number_given check (number <> ''),
  add constraint year_sane check (year between 2000 and 2199),
  add constraint serial_positive check (serial >= 1),
  add constraint amount_positive check (amount > 0 and amount <= 1000000000000000),
  add constraint method_known check (method between 1 and 5),
  add constraint state_known check (state between 1 and 4),
  add constraint verified_whole check ((verified_by is null) = (verified_at is null)),
  add constraint verified_known check ((state in (2, 4)) <= (verified_by is not null) and (state = 1) <= (verified_by is null)),
  add constraint end_explained check (state not in (3, 4) or reason is not null),
  add constraint receipt_of_policy_term foreign key (tenant_id, policy_id, term_id) references app.term (tenant_id, policy_id, id);

alter table app.certificate
  add constraint number_given check (number <> ''),
  add constraint days_in_order check (to_date >= from_date),
  add constraint state_known check (state in (1, 2)),
  add constraint payload_given check (payload <> ''),
  add constraint certificate_of_cover foreign key (tenant_id, policy_id, term_id, vehicle_id, cover_id)
      references app.cover (tenant_id, policy_id, term_id, vehicle_id, id);
create unique index one_valid_certificate on app.certificate (tenant_id, cover_id) where state = 1;

alter table app.counter
  add constraint kind_known check (kind in ('policy', 'receipt', 'certificate')),
  add constraint n_positive check (n >= 0);
alter table app.history add constraint op_known check (op in ('I', 'U'));
alter table app.idempotency
  add constraint key_length check (octet_length(key) = 16),
  add foreign key (tenant_id) references app.tenant;
alter table app.search_token add foreign key (tenant_id) references app.tenant, add constraint why_known check (why between 1 and 9);
alter table app.search_word add foreign key (tenant_id) references app.tenant;
alter table app.due_item add constraint kind_known check (kind in (1, 2));
alter table app.day_figure add constraint kind_known check (kind in (1, 2, 3));

-- Lists, in the orders they are shown; the id makes every order total, for keyset paging.
create index customer_by_name on app.customer (tenant_id, name, id);
create index customer_by_created on app.customer (tenant_id, created_at, id);
create index customer_by_phone on app.customer (tenant_id, phone_key, id);
create index customer_by_birth on app.customer (tenant_id, name, birth_date) where birth_date is not null;
create index vehicle_by_plate on app.vehicle (tenant_id, plate_key, id);
create index vehicle_by_created on app.vehicle (tenant_id, created_at, id);
create index vehicle_by_owner on app.vehicle (tenant_id, owner_id, id);
create index vehicle_by_engine on app.vehicle (tenant_id, engine_key, id) where engine_key is not null;
create index ownership_by_vehicle on app.ownership (tenant_id, vehicle_id, from_date, id);
create index ownership_by_customer on app.ownership (tenant_id, customer_id, from_date, id);
create index rate_by_product on app.rate (tenant_id, product_id, from_date, id);
create index policy_by_number on app.policy (tenant_id, number, id);
create index policy_by_end on app.policy (tenant_id, end_date, id);
create index policy_by_created on app.policy (tenant_id, created_at, id);
create index policy_by_customer on app.policy (tenant_id, customer_id, id);
create index policy_by_vehicle on app.policy (tenant_id, vehicle_id, id);
create index policy_by_state on app.policy (tenant_id, state, end_date, id);
create index term_running_out on app.term (tenant_id, end_date, id) where state = 4;
create index term_by_created on app.term (tenant_id, created_at, id);
create index cover_by_vehicle on app.cover (tenant_id, vehicle_id, to_date, id);
create index cover_by_term on app.cover (tenant_id, term_id, id);
create index cover_by_policy on app.cover (tenant_id, policy_id, id);
create index receipt_by_created on app.receipt (tenant_id, created_at, id);
create index receipt_by_policy on app.receipt (tenant_id, policy_id, id);
create index receipt_by_term on app.receipt (tenant_id, term_id, id);
create index receipt_to_verify on app.receipt (tenant_id, created_at, id) where state = 1;
create index certificate_by_created on app.certificate (tenant_id, created_at, id);
create index certificate_by_policy on app.certificate (tenant_id, policy_id, id);
create index certificate_by_vehicle on app.certificate (tenant_id, vehicle_id, id);
create index user_key_by_user on app.user_key (tenant_id, user_id, id);
create index tenant_domain_by_tenant on app.tenant_domain (tenant_id);
create index history_of_row on app.history (tenant_id, tbl, row_id, id desc);
create index history_of_policy on app.history (tenant_id, policy_id, id desc) where policy_id is not null;
create index history_of_vehicle on app.history (tenant_id, vehicle_id, id desc) where vehicle_id is not null;
create index history_of_customer on app.history (tenant_id, customer_id, id desc) where customer_id is not null;
create index idempotency_by_age on app.idempotency (created_at);
create index search_token_of_row on app.search_token (tenant_id, entity, row_id);
create index search_word_alike on app.search_word using gin (tenant_id, word gin_trgm_ops);
create index due_item_open on app.due_item (tenant_id, kind, due_date, row_id) where is_open;
