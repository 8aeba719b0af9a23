package caretaker.chassis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.ManualClock;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogsTest {
    private final ManualClock clock = new ManualClock();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();

    @Test
    void aMessageIsOneLineOfJsonWhateverIsInIt() {
        // Given
        Logger logger = logger(LogSettings.Format.JSON, "caretaker.test");

        // When
        logger.atWarn()
                .addKeyValue("host", "node\n1")
                .addKeyValue("attempt", 3)
                .addKeyValue("level", "mine")
                .setCause(new IllegalStateException("bad \"thing\""))
                .log("tab\there");

        // Then
        assertThat(lines()).hasSize(1);
        assertThat(lines()[0])
                .matches("\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\",\"level\":\"warn\".*\\}")
                .contains("\"logger\":\"caretaker.test\",\"msg\":\"tab\\there\",\"host\":\"node\\n1\",\"attempt\":3")
                .contains("\"field.level\":\"mine\"")
                .contains("\"error\":\"java.lang.IllegalStateException: bad \\\"thing\\\"\",\"stack\":\"");
    }

    @Test
    void logfmtIsForPeople() {
        // Given
        Logger logger = logger(LogSettings.Format.LOGFMT, "caretaker.test");

        // When
        logger.atInfo().addKeyValue("host", "node-1").addKeyValue("why", "").log("two words");

        // Then
        assertThat(lines()[0]).endsWith(" level=info logger=caretaker.test msg=\"two words\" host=node-1 why=\"\"");
    }

    @Test
    void whatMayRepeatIsPrintedOnceInTenSecondsWithACount() {
        // Given
        Logger logger = logger(LogSettings.Format.LOGFMT, "caretaker.test");
        for (int i = 0; i < 5; i++) {
            logger.atWarn().addMarker(Logs.REPEATABLE).log("broker away");
        }
        int before = lines().length;

        // When
        clock.advance(Duration.ofSeconds(10));
        logger.atWarn().addMarker(Logs.REPEATABLE).log("broker away");

        // Then
        assertThat(before).isEqualTo(1);
        assertThat(lines()).hasSize(2);
        assertThat(lines()[1]).endsWith("msg=\"broker away\" suppressed=4");
    }

    @Test
    void librariesWarningsAreLimitedAndOurOwnMessagesAreNot() {
        // Given
        Logger library = logger(LogSettings.Format.LOGFMT, "org.apache.kafka.clients.NetworkClient");
        Logger ours = context.getLogger("caretaker.test");

        // When
        for (int i = 0; i < 3; i++) {
            library.warn("Connection to node {} could not be established", i);
            ours.atWarn().addKeyValue("n", i).log("three times");
        }

        // Then
        assertThat(out.toString(UTF_8)).containsOnlyOnce("Connection to node");
        assertThat(lines()).hasSize(4);
    }

    private Logger logger(LogSettings.Format format, String name) {
        var appender = new LogAppender(out, LogLine.of(format), clock);
        appender.setContext(context);
        appender.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.INFO);
        root.addAppender(appender);
        return context.getLogger(name);
    }

    private String[] lines() {
        return out.toString(UTF_8).split("\n", 0);
    }
}
