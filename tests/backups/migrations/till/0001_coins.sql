-- Up Migration

create table coins (id bigint generated always as identity primary key, amount bigint not null);
-- More than one part of an archive holds.
create table rolls (id int primary key, paper text not null);
