package caretaker.alerts.state;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.alerts.routing.GroupId;
import caretaker.alerts.routing.Integration;
import caretaker.alerts.routing.NotificationLog;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationKeysTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}:{}| team",
                "{}/{a=\"b\"}:{alertname=\"Hot\"}| team",
                "{}:{path=\"/a/b\"}| team/night",
                "{}:{path=\"{x}/y\"}| /team/",
                "{}/{a=~\"b/{1}\"}:{}| a/slack[0]/b",
                "g| team"
            })
    void aKeyIsReadAsItWasWrittenEvenWithSlashesInItsParts(String group, String receiver) {
        var key = new NotificationLog.Key(new GroupId(group, receiver), Integration.Kind.SLACK, 12);

        assertThat(NotificationKeys.parse(NotificationKeys.text(key))).contains(key);
    }
}
