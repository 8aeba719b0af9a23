package caretaker.alerts.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.PostedAlert;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** I1, I3, I4 and I6 as far as they are read off the wire; statuses and codes are those that Alertmanager gives. */
class AlertReaderTest {
    private static final long LIMIT = 1000;

    private static List<PostedAlert> read(String json) throws ApiError {
        return AlertReader.read(Buffer.buffer(json), LIMIT).alerts();
    }

    @Test
    void allFieldsAreRead() throws ApiError {
        assertThat(read("""
                [{"labels":{"a":"1","b":"2"},"annotations":{"c":""},"startsAt":"2026-01-01T00:00:00Z",
                  "endsAt":"2026-01-02T00:00:00.5Z","generatorURL":"http://p/g","unknown":{"x":[1,{"y":2}]}}]"""))
                .containsExactly(new PostedAlert(
                        Map.of("a", "1", "b", "2"),
                        Map.of("c", ""),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        Instant.parse("2026-01-02T00:00:00.5Z"),
                        "http://p/g"));
    }

    @Test
    void whatGoForgivesIsForgiven() throws ApiError {
        var labels = new PostedAlert(Map.of("a", "1"), Map.of(), null, null, "");
        assertThat(read("[{\"labels\":{\"a\":\"2\",\"a\":\"1\"}}]")).containsExactly(labels); // the last of equal keys
        assertThat(read("[{\"Labels\":{\"a\":\"1\"}}]")).containsExactly(labels);
        assertThat(read("[{\"labels\":{\"a\":\"1\"},\"startsAt\":null,\"endsAt\":\"\",\"annotations\":null}]"))
                .containsExactly(labels);
        assertThat(read("[{\"labels\":{\"a\":\"1\"}}] trailing")).containsExactly(labels);
        assertThat(read("[{\"labels\":{\"a\":null}}]").getFirst().labels()).containsEntry("a", "");
        assertThat(read("null")).isEmpty();
        assertThat(read("[]")).isEmpty(); // I1
    }

    @Test
    void bytesThatAreNotUtf8AreReplaced() throws ApiError {
        byte[] body = "[{\"labels\":{\"a\":\"??\",\"b\":\"ü€😀\"}}]".getBytes(UTF_8);
        for (int i = 0; i < body.length; i++) {
            if (body[i] == '?') {
                body[i] = (byte) 0xff;
            }
        }
        assertThat(AlertReader.read(Buffer.buffer(body), LIMIT)
                        .alerts()
                        .getFirst()
                        .labels())
                .containsEntry("a", "\ufffd\ufffd")
                .containsEntry("b", "ü€😀");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|400|400",
                "7|400|400",
                "\"text\"|400|400",
                "- labels: {a: b}|400|400",
                "[|400|400",
                "[{\"labels\":{\"a\":\"b\"}|400|400",
                "[1]|400|400",
                "[null]|400|400",
                "[NaN]|400|400",
                "[{\"labels\":{\"a\":1}}]|400|400",
                "[{\"labels\":{\"a\":{}}}]|400|400",
                "[{\"labels\":[]}]|400|400",
                "[{\"labels\":\"a\"}]|400|400",
                "[{\"labels\":{\"a\":NaN}}]|400|400",
                "[{\"labels\":{\"a\":\"b\"},\"startsAt\":123}]|400|400",
                "[{\"labels\":{\"a\":\"b\"},\"startsAt\":\"yesterday\"}]|400|400",
                "[{\"labels\":{\"a\":\"b\"},\"generatorURL\":7}]|400|400",
                "[{\"labels\":{\"a\":\"b\"},\"generatorURL\":\"not a url\"}]|422|601",
                "[{\"labels\":{\"a\":\"b\"},\"generatorURL\":\"http://a\\u0000\"}]|422|601",
                "[{}]|422|602",
                "[{\"labels\":null}]|422|602",
                "` `|422|602",
            })
    void theRestIsRefusedWithItsCode(String json, int status, int code) {
        assertThatThrownBy(() -> read(json)).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.status()).isEqualTo(status);
            assertThat(error.body()).startsWith("{\"code\":" + code + ",\"message\":\"");
        });
    }

    @Test
    void depthAndNumbersHaveAnEnd() {
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(ApiError.class);
        assertThatThrownBy(() -> read("[{\"x\":" + "{\"x\":".repeat(10_000))).isInstanceOf(ApiError.class);
        assertThatThrownBy(() -> read("[{\"labels\":{\"a\":\"b\"},\"x\":" + "9".repeat(100_000) + "}]"))
                .isInstanceOf(ApiError.class);
    }

    @Test
    void whatTheBusWouldNotTakeIsLeftOutAndSaid() throws ApiError {
        String fits = "x".repeat((int) LIMIT - 7);
        AlertReader.Read read = AlertReader.read(
                Buffer.buffer("[{\"labels\":{\"a\":\"" + fits + "\"}},{\"labels\":{\"a\":\"x" + fits
                        + "\"}},{\"labels\":{\"a\":\"" + "\\u0001".repeat(170) + "\"}},{\"labels\":{\"a\":\""
                        + "€".repeat(333) + "\"}}]"),
                LIMIT);
        assertThat(read.alerts()).hasSize(1);
        assertThat(read.refused())
                .containsExactly(
                        "alert 1 has 1001 bytes, the limit is 1000",
                        "alert 2 has 1027 bytes, the limit is 1000",
                        "alert 3 has 1006 bytes, the limit is 1000");
    }
}
