/* A stand-in for Grafana in the demo: answers /api/health on port 3000, and dies when it is asked to at /crash.
 * With an argument it asks its own health and ends with 0 if that is well: the container's health check. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int listening(struct sockaddr_in *address) {
    int one = 1, server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)address, sizeof *address) || listen(server, 16)) {
        perror("listen");
        exit(1);
    }
    return server;
}

static int asked(struct sockaddr_in *address) {
    char answer[16] = "";
    int client = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(client, (struct sockaddr *)address, sizeof *address)
            || write(client, "GET /api/health HTTP/1.0\r\n\r\n", 28) != 28
            || read(client, answer, 15) < 12) {
        return 1;
    }
    return strncmp(answer + 9, "200", 3) != 0;
}

static void answer(int client, const char *status, const char *body) {
    char text[512];
    int length = snprintf(text, sizeof text,
            "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
            status, strlen(body), body);
    if (write(client, text, length) != length) {
        puts("logger=http level=warn msg=\"client hung up\"");
    }
}

static void stop(int signal) {
    (void)signal;
    _exit(0);
}

int main(int count, char **words) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(3000)};
    (void)words;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count > 1) {
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return asked(&address);
    }
    signal(SIGTERM, stop);
    signal(SIGPIPE, SIG_IGN);
    int server = listening(&address);
    puts("logger=http.server level=info msg=\"HTTP Server Listen\" address=[::]:3000");
    for (;;) {
        char request[1024] = "";
        int client = accept(server, NULL, NULL);
        if (client < 0) {
            continue;
        }
        if (read(client, request, sizeof request - 1) > 0) {
            if (!strncmp(request, "GET /crash", 10)) {
                answer(client, "202 Accepted", "{}");
                puts("logger=server level=error msg=\"fatal error: all goroutines are asleep - deadlock!\"");
                return 2;
            }
            answer(client, strncmp(request, "GET /api/health", 15) ? "404 Not Found" : "200 OK",
                    "{\"database\":\"ok\",\"version\":\"demo\"}");
        }
        close(client);
    }
}
