#ifndef SERVER_ROLES_H
#define SERVER_ROLES_H

/*
 * The other processes' beginnings: each is this program, started by the master with --role and a descriptor to
 * read its settings from. Returns the exit status.
 */
int role_main(const char *role, int settings_fd);

#endif
