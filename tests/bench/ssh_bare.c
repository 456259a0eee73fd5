/*
 * The plain loops over libssh that the service is held against, by the same algorithms and without anything
 * behind them. Prints a processor time in microseconds.
 *   ssh_bare N          a sign-in: key exchange, a key of the user, one channel, the end; the server's side
 *   ssh_bare N BYTES    a request of so many bytes that comes back as it is, some under way; both sides
 */
#include <arpa/inet.h>
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char exchange[] = "curve25519-sha256", cipher[] = "chacha20-poly1305@openssh.com";
enum { BYTES_MOST = 4096, UNDER_WAY = 1 };

static void
must(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "ssh_bare: %s\n", what);
        exit(1);
    }
}

static ssh_key
new_key(void)
{
    ssh_key key = NULL;
    must(ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &key) == SSH_OK, "no key");
    return key;
}

static double
spent_us(int who)
{
    struct rusage u;
    (void)getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void
read_all(ssh_channel channel, char *to, int size)
{
    for (int have = 0, got = 0; have < size; have += got)
        must((got = ssh_channel_read(channel, to + have, (uint32_t)(size - have), 0)) > 0, "no answer");
}

/* One session; with `size`, that sends and takes back `count` messages of it. */
static void
visit(int port, ssh_key key, int count, int size)
{
    char message[BYTES_MOST] = {0};
    static const int no = 0, yes = 1;
    ssh_session s = ssh_new();
    must(s && ssh_options_set(s, SSH_OPTIONS_HOST, "127.0.0.1") == 0 &&
             ssh_options_set(s, SSH_OPTIONS_PORT, &port) == 0 &&
             ssh_options_set(s, SSH_OPTIONS_USER, "neema") == 0 &&
             ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no) == 0 &&
             ssh_options_set(s, SSH_OPTIONS_NODELAY, &yes) == 0 &&
             ssh_options_set(s, SSH_OPTIONS_KEY_EXCHANGE, exchange) == 0 &&
             ssh_options_set(s, SSH_OPTIONS_CIPHERS_C_S, cipher) == 0 &&
             ssh_options_set(s, SSH_OPTIONS_CIPHERS_S_C, cipher) == 0,
         "the client's options");
    must(ssh_connect(s) == SSH_OK, "no connection");
    must(ssh_userauth_try_publickey(s, NULL, key) == SSH_AUTH_SUCCESS, "the key is not taken");
    must(ssh_userauth_publickey(s, NULL, key) == SSH_AUTH_SUCCESS, "the signature is not taken");
    ssh_channel channel = ssh_channel_new(s);
    must(channel && ssh_channel_open_session(channel) == SSH_OK, "no channel");
    for (int sent = 0, back = 0; size && back < count;) {
        if (sent < count) {
            must(ssh_channel_write(channel, message, (uint32_t)size) == size, "not sent");
            sent++;
        }
        if (sent == count || sent - back == UNDER_WAY) {
            read_all(channel, message, size);
            back++;
        }
    }
    ssh_disconnect(s);
    ssh_free(s);
}

static int
on_key(ssh_session s, const char *user, struct ssh_key_struct *key, char state, void *data)
{
    (void)s, (void)user, (void)key, (void)state, (void)data;
    return SSH_AUTH_SUCCESS;
}

static int
on_data(ssh_session s, ssh_channel channel, void *bytes, uint32_t n, int is_error, void *data)
{
    (void)s, (void)is_error, (void)data;
    return ssh_channel_write(channel, bytes, n);
}

static ssh_channel
on_channel(ssh_session s, void *data)
{
    ssh_channel channel = ssh_channel_new(s);
    must(channel && ssh_set_channel_callbacks(channel, data) == SSH_OK, "no channel");
    return channel;
}

static void
serve(ssh_bind from, int fd)
{
    struct ssh_channel_callbacks_struct of_channel = {.channel_data_function = on_data};
    struct ssh_server_callbacks_struct callbacks = {.userdata = &of_channel,
                                                    .auth_pubkey_function = on_key,
                                                    .channel_open_request_session_function = on_channel};
    ssh_session s = ssh_new();
    ssh_event event = ssh_event_new();
    ssh_callbacks_init(&of_channel);
    ssh_callbacks_init(&callbacks);
    must(s && event && ssh_bind_accept_fd(from, s, fd) == SSH_OK, "not accepted");
    must(ssh_set_server_callbacks(s, &callbacks) == SSH_OK, "the server's callbacks");
    ssh_set_auth_methods(s, SSH_AUTH_METHOD_PUBLICKEY);
    must(ssh_handle_key_exchange(s) == SSH_OK, "no key exchange");
    must(ssh_event_add_session(event, s) == SSH_OK, "no events");
    while (ssh_is_connected(s) && ssh_event_dopoll(event, -1) != SSH_ERROR)
        continue;
    ssh_event_remove_session(event, s);
    ssh_event_free(event);
    ssh_free(s);
}

static ssh_bind
server(void)
{
    static const int no = 0;
    ssh_bind b = ssh_bind_new();
    must(b && ssh_bind_options_set(b, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no) == SSH_OK &&
             ssh_bind_options_set(b, SSH_BIND_OPTIONS_IMPORT_KEY, new_key()) == SSH_OK &&
             ssh_bind_options_set(b, SSH_BIND_OPTIONS_KEY_EXCHANGE, exchange) == SSH_OK,
         "the server's options");
    return b;
}

int
main(int argc, char **argv)
{
    static const int yes = 1;
    const int n = argc > 1 ? atoi(argv[1]) : 1000, size = argc > 2 ? atoi(argv[2]) : 0, visits = size ? 1 : n;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(n > 0 && size >= 0 && size <= BYTES_MOST, "usage: ssh_bare N [BYTES]");
    must(listener >= 0 && bind(listener, (struct sockaddr *)&at, sizeof at) == 0 &&
             listen(listener, 16) == 0 && getsockname(listener, (struct sockaddr *)&at, &length) == 0,
         "nowhere to listen");
    must(ssh_init() == SSH_OK, "libssh does not start");
    const pid_t client = fork();
    must(client >= 0, "no process");
    if (client == 0) {
        ssh_key key = new_key();
        for (int i = 0; i < visits; i++)
            visit(ntohs(at.sin_port), key, n, size);
        _exit(0);
    }
    ssh_bind from = server();
    const double before = spent_us(RUSAGE_SELF);
    for (int i = 0; i < visits; i++) {
        const int fd = accept(listener, NULL, NULL);
        must(fd >= 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0, "nobody came");
        serve(from, fd);
    }
    const double served = spent_us(RUSAGE_SELF) - before;
    ssh_bind_free(from);
    int status = 1;
    must(waitpid(client, &status, 0) == client && status == 0, "the client failed");
    printf("%.0f\n", (served + (size ? spent_us(RUSAGE_CHILDREN) : 0)) / n);
    return 0;
}
