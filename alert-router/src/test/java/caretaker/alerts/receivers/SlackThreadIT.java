package caretaker.alerts.receivers;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.ReceiverOptions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** K14: a bot's later messages of an incident are replies to its first one, where that is wanted. */
class SlackThreadIT {
    private static final ReceiverOptions THREADS = new ReceiverOptions(false, false, 1, Duration.ofDays(1), true);
    private static final String JSON = "application/json; charset=utf-8";
    private static final Map<String, String> FIRST = Map.of("slack.ts", "17.5", "slack.channel", "C1");
    private Fake fake;

    @BeforeEach
    void start() throws Exception {
        fake = new Fake();
    }

    @AfterEach
    void stop() {
        fake.close();
    }

    /** As Slack answers what it posted; with the thread that it is in, if it is in one. */
    private void answers(String ts, String thread) {
        String inThread = thread.isEmpty() ? "" : ",\"thread_ts\":\"" + thread + "\"";
        fake.then(
                200,
                "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"" + ts + "\",\"message\":{\"type\":\"message\",\"ts\":\"" + ts
                        + "\"" + inThread + "}}",
                "Content-Type",
                JSON);
    }

    private Map<String, String> told(String more, Map<String, String> remembered) throws Exception {
        String bot = "slack_configs:\n- app_token: xoxb-hunter2\n  app_url: " + fake.url("/api/chat.postMessage")
                + "\n  channel: '#gpu'\n" + more.indent(2);
        Notification first = Fake.firing();
        var notification =
                new Notification(first.group(), first.data(), first.reason(), "key-2", first.at(), remembered);
        try (var senders = Fake.senders(bot, THREADS, new Gate.Hits())) {
            return ((Outcome.Delivered) Fake.send(senders, notification)).remember();
        }
    }

    @Test
    void k14TheFirstMessageIsOneOfItsOwnAndLaterOnesAreRepliesToIt() throws Exception {
        // Given
        answers("17.5", "");
        Map<String, String> first = told("", Map.of());
        assertThat(first).isEqualTo(FIRST);
        assertThat(fake.requests.getFirst().json().has("thread_ts")).isFalse();

        // When
        answers("18.5", "17.5");
        Map<String, String> second = told("", first);
        answers("19.5", "17.5");
        told("", second);

        // Then: the thread stays that of the first one
        assertThat(fake.requests).extracting(Fake.Request::path).containsOnly("/api/chat.postMessage");
        assertThat(fake.requests.subList(1, 3)).allSatisfy(request -> {
            assertThat(request.json().get("thread_ts").asText()).isEqualTo("17.5");
            assertThat(request.json().get("channel").asText()).isEqualTo("C1");
        });
        assertThat(second).isEqualTo(FIRST);
    }

    @Test
    void k14WhatSlackPostsAloneSinceTheFirstMessageIsGoneBeginsAThread() throws Exception {
        answers("18.5", "");

        assertThat(told("", FIRST)).containsEntry("slack.ts", "18.5");
        assertThat(fake.requests).hasSize(1);
    }

    @Test
    void k14WhatMayNotBeAnsweredIsPostedAnew() throws Exception {
        fake.then(200, "{\"ok\":false,\"error\":\"cannot_reply_to_message\"}", "Content-Type", JSON);
        answers("18.5", "");

        assertThat(told("", FIRST)).containsEntry("slack.ts", "18.5");
        assertThat(fake.requests.getLast().json().has("thread_ts")).isFalse();
        assertThat(fake.requests.getLast().json().get("channel").asText()).isEqualTo("#gpu");
    }

    @Test
    void k14AMessageThatIsChangedInPlaceIsChangedAllTheSame() throws Exception {
        answers("17.5", "");

        told("update_message: true", FIRST);

        assertThat(fake.requests.getFirst().path()).isEqualTo("/api/chat.update");
        assertThat(fake.requests.getFirst().json().has("thread_ts")).isFalse();
    }
}
