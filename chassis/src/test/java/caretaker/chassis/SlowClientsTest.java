package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that send byte by byte, so that a connection is never idle. */
class SlowClientsTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Vertx vertx = Vertx.vertx();
    private int port;

    @BeforeEach
    void listen() {
        var slow = new SlowClients(vertx, LIMIT, LIMIT);
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false));
        router.route().handler(slow::arrived);
        router.route("/late")
                .handler(context -> vertx.setTimer(
                        3 * LIMIT.toMillis(), _ -> context.response().end("late")));
        router.route().handler(context -> context.response().end("here"));
        var server =
                slow.guard(vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false)), router);
        port = server.listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    @AfterEach
    void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Socket connect() throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    /** Until the other side hangs up. */
    private static void drip(Socket socket, String what) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    try {
                        send(socket, what);
                        return false;
                    } catch (SocketException e) {
                        return true;
                    }
                });
    }

    private static String read(Socket socket, String end) throws IOException {
        var got = new StringBuilder();
        while (got.indexOf(end) < 0) {
            int octet = socket.getInputStream().read();
            assertThat(octet).as(got.toString()).isNotNegative();
            got.append((char) octet);
        }
        return got.toString();
    }

    @Test
    void aHeadThatNeverEndsEndsTheConnection() throws IOException {
        try (var socket = connect()) {
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\n");
            drip(socket, "X: y\r\n");
        }
    }

    @Test
    void soDoesTheHeadOfASecondRequest() throws IOException {
        try (var socket = connect()) {
            send(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(read(socket, "here")).contains("200 OK");
            drip(socket, "X");
        }
    }

    @Test
    void soDoesABodyThatNeverEnds() throws IOException {
        try (var socket = connect()) {
            send(socket, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            drip(socket, "x");
        }
    }

    @Test
    void aServiceMayTakeItsTime() throws IOException {
        try (var socket = connect()) {
            send(socket, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(read(socket, "late")).contains("200 OK");
        }
    }
}
