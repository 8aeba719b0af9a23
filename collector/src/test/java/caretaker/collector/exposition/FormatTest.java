package caretaker.collector.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    private static final String PROTOBUF =
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ''                                                                                | TEXT
        */*                                                                               | TEXT
        text/html                                                                         | TEXT
        text/plain                                                                        | TEXT
        text/plain;version=0.0.4;q=0.5,*/*;q=0.1                                          | TEXT
        application/openmetrics-text                                                      | OPENMETRICS
        application/openmetrics-text; version=1.0.0; charset=utf-8                        | OPENMETRICS
        Application/OpenMetrics-Text;Version="1.0.0"                                      | OPENMETRICS
        application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5         | TEXT
        application/openmetrics-text;version=2.0.0                                        | TEXT
        application/openmetrics-text;version=1.0.0;q=0,text/plain;q=0.1                   | TEXT
        application/openmetrics-text;version=1.0.0;q=0                                    | TEXT
        text/plain;q=0.5,application/openmetrics-text;q=0.5                               | TEXT
        application/openmetrics-text;q=0.5,text/plain;q=0.5                               | OPENMETRICS
        application/openmetrics-text;q=high,text/plain;q=0.1                              | TEXT
        application/vnd.google.protobuf                                                   | TEXT
        ;;;,,=;q=,                                                                        | TEXT
        """)
    void theFormatWantedMostIsChosenAndTextWhenInDoubt(String accept, Format expected) {
        assertThat(Format.negotiate(accept)).isEqualTo(expected);
    }

    @Test
    void whatPrometheusSendsIsUnderstood() {
        assertThat(Format.negotiate(null)).isEqualTo(Format.TEXT);
        // Prometheus 2.42 and 3.x, and 3.x with protobuf first
        assertThat(Format.negotiate("application/openmetrics-text;version=1.0.0,"
                        + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"))
                .isEqualTo(Format.OPENMETRICS);
        assertThat(
                        Format.negotiate(
                                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                                        + "application/openmetrics-text;version=0.0.1;q=0.5,"
                                        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"))
                .isEqualTo(Format.OPENMETRICS);
        assertThat(Format.negotiate(PROTOBUF + ";escaping=allow-utf-8;q=0.7,"
                        + "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3"))
                .isEqualTo(Format.PROTOBUF);
    }
}
