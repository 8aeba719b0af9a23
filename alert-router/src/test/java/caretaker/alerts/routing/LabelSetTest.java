package caretaker.alerts.routing;

import static org.assertj.core.api.Assertions.assertThat;

import caretaker.testkit.Cases;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabelSetTest {

    @Test
    void i7TheFingerprintIsAlertmanagers() {
        LabelSet hot = LabelSet.of("severity", "critical", "alertname", "GpuHot", "node", "n1");
        LabelSet other = LabelSet.of("node", "n9", "alertname", "X");

        assertThat(hot.fingerprint()).hasToString("56d967e608104d88");
        assertThat(other.fingerprint()).hasToString("9a79410fb0c3f7bb");
        assertThat(LabelSet.EMPTY.fingerprint()).hasToString("cbf29ce484222325");
        assertThat(Fingerprint.parse("56d967e608104d88")).isEqualTo(hot.fingerprint());
    }

    @Test
    void i7TheFingerprintIsOverTheBytesOfUtf8() {
        Cases.forEach(
                random -> Map.of(
                        "n" + Character.toString(0x20 + random.nextInt(0xd000)),
                        "v" + Character.toString(0x10000 + random.nextInt(0x1000)) + "x",
                        "plain",
                        "ü" + random.nextInt()),
                labels -> assertThat(LabelSet.of(labels).fingerprint().bits()).isEqualTo(slow(labels)));
    }

    /** FNV-1a as it is defined, on arbitrary precision. */
    private static long slow(Map<String, String> labels) {
        BigInteger prime = BigInteger.ONE.shiftLeft(40).add(BigInteger.valueOf(0x1b3));
        BigInteger hash = new BigInteger("cbf29ce484222325", 16);
        Map<String, String> sorted = new TreeMap<>(GoText::compare);
        sorted.putAll(labels);
        for (Map.Entry<String, String> label : sorted.entrySet()) {
            for (String part : new String[] {label.getKey(), label.getValue()}) {
                for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
                    hash = hash.xor(BigInteger.valueOf(b & 0xff)).multiply(prime);
                }
                hash = hash.xor(BigInteger.valueOf(0xff)).multiply(prime);
            }
        }
        return hash.longValue();
    }

    @Test
    void i2AnEmptyValueIsNoLabel() {
        LabelSet labels = LabelSet.of("a", "", "b", "1");

        assertThat(labels).isEqualTo(LabelSet.of("b", "1"));
        assertThat(labels.get("a")).isEmpty();
        assertThat(labels.size()).isEqualTo(1);
    }

    @Test
    void itPrintsAsInGroupKeys() {
        assertThat(LabelSet.of("c", "d", "a", "b")).hasToString("{a=\"b\", c=\"d\"}");
        assertThat(LabelSet.of("q", "say \"hi\"\n\tü\u0001\u200b\\'"))
                .hasToString("{q=\"say \\\"hi\\\"\\n\\tü\\x01\\u200b\\\\'\"}");
        assertThat(LabelSet.EMPTY).hasToString("{}");
    }

    @Test
    void namesAreOrderedByTheirBytes() {
        LabelSet labels = LabelSet.of("\uffee", "1", "\ud83d\ude00", "2", "a", "3");

        assertThat(labels.asMap().keySet()).containsExactly("a", "\uffee", "\ud83d\ude00");
        assertThat(labels.get("\ud83d\ude00")).isEqualTo("2");
    }
}
