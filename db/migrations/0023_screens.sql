-- How somebody wants the screens; kept with the account, so that they are the same wherever one signs in. The numbers are those
-- of the catalog (server/catalog/account.c): 1 is as it was before.
set local role bima_owner;

alter table app.user_account
  add column screen_theme   smallint not null default 1,  -- 1 by the terminal 2 colour 3 lean 4 mono 5 contrast
  add column screen_enter   smallint not null default 1,  -- 1 next field 2 save
  add column screen_hints   smallint not null default 1,  -- 1 shown 2 hidden
  add column screen_dates   smallint not null default 1,  -- 1 2026-02-14 2 14/02/2026 3 14.02.2026
  add column screen_amounts smallint not null default 1,  -- 1 1,234.50 2 1.234,50 3 1 234,50
  add constraint screen_theme_known check (screen_theme between 1 and 5),
  add constraint screen_enter_known check (screen_enter between 1 and 2),
  add constraint screen_hints_known check (screen_hints between 1 and 2),
  add constraint screen_dates_known check (screen_dates between 1 and 3),
  add constraint screen_amounts_known check (screen_amounts between 1 and 3);

create or replace view app.account with (security_invoker = true) as
  select tenant_id, id, version, created_at, updated_at, login, name, email, phone, role_id, branch_id, language,
         password_changed_at, app.own_factor_at() as factor_at, app.own_recovery_left() as recovery_left, app.own_wants() as wants,
         screen_theme, screen_enter, screen_hints, screen_dates, screen_amounts
    from app.user_account where id = (select app.user_id());

grant update (screen_theme, screen_enter, screen_hints, screen_dates, screen_amounts) on app.account to bima_worker, bima_platform;
grant update (screen_theme, screen_enter, screen_hints, screen_dates, screen_amounts) on app.user_account to bima_worker, bima_platform;
