package caretaker.alerts.routing;

import static caretaker.alerts.routing.MatcherSyntax.CLASSIC;
import static caretaker.alerts.routing.MatcherSyntax.FALLBACK;
import static caretaker.alerts.routing.MatcherSyntax.UTF8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import caretaker.alerts.routing.LabelMatcher.Operator;
import caretaker.testkit.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherSyntaxTest {

    private static List<String> read(MatcherSyntax syntax, String text) {
        return syntax.list(text, warning -> {}).stream()
                .map(LabelMatcher::toString)
                .toList();
    }

    @Test
    void classicReadsWhatAlertmanagerReadTo026() {
        // M1
        assertThat(read(CLASSIC, "{foo = \"bar\", dings != \"bums\", }"))
                .containsExactly("foo=\"bar\"", "dings!=\"bums\"");
        assertThat(read(CLASSIC, "foo=bar,dings!=bums")).containsExactly("foo=\"bar\"", "dings!=\"bums\"");
        assertThat(read(CLASSIC, "a=~x.*,b!~y")).containsExactly("a=~\"x.*\"", "b!~\"y\"");
        assertThat(read(CLASSIC, "{quote=\"She said: \\\"Hi, all\\\"\"}"))
                .containsExactly("quote=\"She said: \\\"Hi, all\\\"\"");
        assertThat(read(CLASSIC, "statuscode=~\"5..\"")).containsExactly("statuscode=~\"5..\"");
        assertThat(read(CLASSIC, "foo=")).as("empty values").containsExactly("foo=\"\"");
        assertThat(read(CLASSIC, "job:rate=x")).as("colons").containsExactly("job:rate=\"x\"");
        assertThat(read(CLASSIC, "{foo=bar")).as("an opening brace alone").containsExactly("foo=\"bar\"");
        assertThat(read(CLASSIC, "foo=bar}")).as("a closing brace alone").containsExactly("foo=\"bar\"");
        assertThat(read(CLASSIC, "")).isEmpty();
        assertThat(CLASSIC.one("a=\"x\\ny\\\\z\\d\"", w -> {}).value()).isEqualTo("x\ny\\z\\d");
        assertThat(CLASSIC.one("a=x\\", w -> {}).value())
                .as("a backslash at the end")
                .isEqualTo("x\\");
        assertThat(CLASSIC.one("a=b=c", w -> {}).value()).isEqualTo("b=c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo",
                "=bar",
                "1a=b",
                "a=b\"c",
                "a=\"b",
                "a=\"b\"c\"",
                "a b=c",
                ",",
                "a=b,,c=d",
                "ü=x",
                "a=~\"(\""
            })
    void classicRefuses(String text) {
        assertThatThrownBy(() -> CLASSIC.list(text, w -> {})).isInstanceOf(BadMatcher.class);
    }

    @Test
    void utf8ReadsNamesAndValuesInAnyScript() {
        // M2
        assertThat(read(UTF8, "{\"foo bar\"=\"baz\",Προμηθεύς=~[a-z]+,}"))
                .containsExactly("\"foo bar\"=\"baz\"", "Προμηθεύς=~\"[a-z]+\"");
        assertThat(read(UTF8, "{}")).isEmpty();
        assertThat(read(UTF8, "  ")).isEmpty();
        assertThat(UTF8.one("a=\"\\xf0\\x9f\\x99\\x82\"", w -> {}).value()).isEqualTo("🙂");
        assertThat(UTF8.one("a=\"\\u00fc\\t\\\"\\\\d\\101\"", w -> {}).value()).isEqualTo("ü\t\"\\dA");
        assertThat(UTF8.one("a!=\"\"", w -> {}).value()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "foo=",
                "{foo=bar",
                "foo=bar}",
                "{{a=b}}",
                "{,}",
                "a=b c=d",
                "a=\"\\d\"",
                "a=\"\\xff\"",
                "a==b",
                "a=b,,",
                "a=\"x",
                "a!b",
                "\"a\"",
                "a=~\"[\"",
                "a='b'",
                "{a=b} x",
                "a=\"\\400\"",
                "a=\"\\ud800\""
            })
    void utf8Refuses(String text) {
        assertThatThrownBy(() -> UTF8.list(text, w -> {})).isInstanceOf(BadMatcher.class);
    }

    @Test
    void fallbackTakesTheClassicReadingWhereTheyDifferAndWarns() {
        // M3
        List<String> warnings = new ArrayList<>();

        assertThat(FALLBACK.one("foo=", warnings::add).value()).isEmpty();
        assertThat(warnings).singleElement().asString().contains("foo=\"\"");
        assertThat(FALLBACK.one("a=\"\\xf0\\x9f\"", w -> {}).value()).isEqualTo("\\xf0\\x9f");
        assertThat(FALLBACK.one("a=\"\\u00fc\"", warnings::add).value())
                .as("both read it")
                .isEqualTo("\\u00fc");
        assertThat(warnings).hasSize(2);
        assertThat(FALLBACK.one("ü=x", warnings::add).name())
                .as("only UTF-8 reads it")
                .isEqualTo("ü");
        assertThat(FALLBACK.list("{a=b}", warnings::add)).hasSize(1);
        assertThat(warnings).hasSize(2);
        assertThatThrownBy(() -> FALLBACK.one("a b", w -> {})).isInstanceOf(BadMatcher.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a=b}", "{a=b", "a=b}"})
    void oneMatcherHasNoBraces(String text) {
        for (MatcherSyntax syntax : List.of(UTF8, FALLBACK)) {
            assertThatThrownBy(() -> syntax.one(text, w -> {})).hasMessageContaining("braces");
        }
    }

    @Test
    void whatIsPrintedIsReadAgain() {
        // M4
        Cases.forEach(
                random -> new LabelMatcher(
                        random.nextBoolean() ? Operator.EQUAL : Operator.NOT_EQUAL,
                        "n" + piece(random.nextInt(9)),
                        piece(random.nextInt(9)) + piece(random.nextInt(9))),
                matcher -> assertThat(UTF8.one(matcher.toString(), w -> {})).isEqualTo(matcher));
    }

    private static String piece(int which) {
        return List.of("", "x", " ", "\"", "\\", "\n", "ü", "🙂", ",").get(which);
    }

    @Test
    void r7AMissingLabelIsAnEmptyOneForAllFourOperators() {
        LabelSet labels = LabelSet.of("other", "1");

        Stream.of("a=\"\"", "a!=x", "a=~\".*\"", "a=~\"x|\"", "a!~x")
                .forEach(text -> assertThat(FALLBACK.one(text, w -> {}).matches(labels))
                        .as(text)
                        .isTrue());
        Stream.of("a=x", "a!=\"\"", "a=~\".+\"", "a!~\".*\"")
                .forEach(text -> assertThat(FALLBACK.one(text, w -> {}).matches(labels))
                        .as(text)
                        .isFalse());
    }

    @Test
    void r8RegularExpressionsAreRe2sAndMatchTheWholeValueAndNoLineEnd() {
        LabelMatcher matcher = new LabelMatcher(Operator.REGEX, "a", "foo|b.r");

        assertThat(matcher.matches("foo")).isTrue();
        assertThat(matcher.matches("bar")).isTrue();
        assertThat(matcher.matches("foobar")).isFalse();
        assertThat(matcher.matches("xfoo")).isFalse();
        assertThat(matcher.matches("foo\n")).as("java.util.regex would match").isFalse();
        assertThat(matcher.matches("b\nr")).as("no dot-all").isFalse();
        assertThatThrownBy(() -> new LabelMatcher(Operator.REGEX, "a", "(?=x)"))
                .as("a look-ahead")
                .isInstanceOf(BadMatcher.class);
        assertThatThrownBy(() -> new LabelMatcher(Operator.NOT_REGEX, "a", "(x)\\1"))
                .as("a back-reference")
                .isInstanceOf(BadMatcher.class);
    }

    @Test
    void r8NoExpressionTakesForEver() {
        LabelMatcher bomb = new LabelMatcher(Operator.REGEX, "a", "(a*)*(a*)*b");

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(bomb.matches("a".repeat(5_000))).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "((a{100}){100}){100}",
                "(?:x{0,1000}){0,1000}",
                "(a{500}|b{500}){3}",
                "x{2000}",
                "a{0,999999999}",
                "[]{}]{1001}",
                "(\\Q(((\\E{40}){40}"
            })
    void r8ExpressionsThatWouldFillTheMemoryAreRefused(String expression) {
        assertThatThrownBy(() -> new LabelMatcher(Operator.REGEX, "a", expression))
                .isInstanceOf(BadMatcher.class);
    }

    @Test
    void r8ManyCountsInARowAndDeepNestsAreRefusedToo() {
        for (String expression : List.of(
                ".{1000}".repeat(101),
                "(".repeat(300) + "x" + ")".repeat(300),
                "(\\Q" + "[x".repeat(100) + "\\E){1000}")) {
            assertThatThrownBy(() -> new LabelMatcher(Operator.REGEX, "a", expression))
                    .isInstanceOf(BadMatcher.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a{1000}",
                "(a{31}){32}",
                "[{(]{3}",
                "\\(\\{{2}",
                "a{",
                "a{x}",
                "(?:b|c){2,5}d*",
                "\\Q{9999}\\E",
                "\\x{2028}",
                "[]]"
            })
    void r8OtherExpressionsAreRead(String expression) {
        assertThat(new LabelMatcher(Operator.REGEX, "a", expression).value()).isEqualTo(expression);
    }

    @Test
    void r8PlainAlternativesMeanTheSameWithoutAnEngine() {
        LabelMatcher words = new LabelMatcher(Operator.REGEX, "a", "node 1|node-2|node-2");

        assertThat(words.matches("node-2")).isTrue();
        assertThat(words.matches("node 1")).isTrue();
        assertThat(words.matches("node-22")).isFalse();
        assertThat(words.matches("node 1|node-2")).isFalse();
        assertThat(words.matches("")).isFalse();
    }

    @Test
    void r6MatchersAreSortedByNameValueAndOperator() {
        assertThat(Made.matchers("b=1,a=~2,a=2,a=1")).hasToString("{a=\"1\",a=\"2\",a=~\"2\",b=\"1\"}");
    }
}
