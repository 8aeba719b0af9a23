package caretaker.alerts.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.LabelMatcher;
import caretaker.alerts.routing.Silence;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** S5, and what Alertmanager says of a silence that its schema refuses. */
class SilenceReaderTest {
    private static final String REST =
            "\"createdBy\":\"m\",\"startsAt\":\"2026-01-01T00:00:00Z\",\"endsAt\":\"2030-01-01T00:00:00Z\"";

    private static Silence read(String json) throws ApiError {
        return SilenceReader.read(Buffer.buffer(json));
    }

    @Test
    void matchersSayHowTheyMatch() throws ApiError {
        Silence silence =
                read("{\"id\":\"7\",\"comment\":\"c\"," + REST + ",\"annotations\":{\"k\":\"v\"},\"matchers\":["
                        + "{\"name\":\"a\",\"value\":\"1\",\"isRegex\":false},"
                        + "{\"name\":\"b\",\"value\":\"2\",\"isRegex\":true,\"isEqual\":null},"
                        + "{\"name\":\"c\",\"value\":\"3\",\"isRegex\":false,\"isEqual\":false},"
                        + "{\"name\":\"d\",\"value\":\"4\",\"isRegex\":true,\"isEqual\":false}]}");
        assertThat(silence.id()).isEqualTo("7");
        assertThat(silence.annotations()).containsEntry("k", "v");
        assertThat(silence.startsAt()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(silence.matchers().all())
                .extracting(LabelMatcher::toString)
                .containsExactly("a=\"1\"", "b=~\"2\"", "c!=\"3\"", "d!~\"4\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "` `|422|602|silence in body is required",
                "null|422|602|comment in body is required",
                "{}|422|602|comment in body is required",
                "{\"comment\":null}|422|602|comment in body is required",
                "{\"comment\":\"c\"}|422|602|createdBy in body is required",
                "{\"comment\":\"c\",\"createdBy\":\"m\"}|422|602|endsAt in body is required",
                "{\"comment\":\"c\",REST}|422|602|matchers in body is required",
                "{\"comment\":\"c\",REST,\"matchers\":[]}|422|612|matchers in body should have at least 1 items",
                "{\"comment\":\"c\",REST,\"matchers\":[{}]}|422|602|matchers.0.isRegex in body is required",
                "{\"comment\":\"c\",REST,\"matchers\":[{\"isRegex\":true}]}|422|602|matchers.0.name in body",
                "[]|400|400|parsing silence body",
                "{|400|400|parsing silence body",
                "{\"comment\":7}|400|400|parsing silence body",
                "{\"comment\":\"c\",REST,\"matchers\":{}}|400|400|parsing silence body",
                "{\"comment\":\"c\",REST,\"matchers\":[null]}|400|400|parsing silence body",
                "{\"comment\":\"c\",REST,\"matchers\":[{\"isRegex\":\"true\"}]}|400|400|parsing silence body",
                "{\"comment\":\"c\",\"createdBy\":\"m\",\"endsAt\":\"x\"}|400|400|parsing silence body",
            })
    void whatIsMissingOrWrongIsSaid(String json, int status, int code, String message) {
        assertThatThrownBy(() -> read(json.replace("REST", REST))).isInstanceOfSatisfying(ApiError.class, error -> {
            assertThat(error.status()).isEqualTo(status);
            assertThat(error.body()).startsWith("{\"code\":" + code + ",\"message\":\"" + message);
        });
    }
}
