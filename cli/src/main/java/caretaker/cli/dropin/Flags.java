package caretaker.cli.dropin;

import caretaker.alerts.config.Durations;
import caretaker.chassis.config.Names;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a command line of Alertmanager's says. It is read as theirs is: {@code --flag=value} or {@code --flag value}, a
 * switch as {@code --flag} or {@code --no-flag}, and one value only of what is not a list.
 */
final class Flags {
    private static final Map<String, Flag> BY_TEXT = new HashMap<>();

    static {
        for (Flag flag : Flag.values()) {
            BY_TEXT.put(flag.text(), flag);
        }
    }

    private final Map<Flag, List<String>> given = new EnumMap<>(Flag.class);
    private boolean help;
    private boolean version;

    private Flags() {}

    static Flags parse(List<String> arguments) throws BadFlag {
        var flags = new Flags();
        Deque<String> rest = new ArrayDeque<>(arguments);
        while (!rest.isEmpty() && !flags.help && !flags.version) {
            flags.next(rest);
        }
        return flags;
    }

    private void next(Deque<String> rest) throws BadFlag {
        String word = rest.pop();
        if (!word.startsWith("--") || word.equals("--")) {
            help = word.equals("-h");
            if (!help) {
                throw new BadFlag(
                        word.startsWith("-") && word.length() > 1
                                ? "unknown short flag '" + word + "'; flags have two dashes"
                                : "unexpected '" + word + "'; there are only flags");
            }
            return;
        }
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        help = name.equals("help") || name.equals("help-long") || name.equals("help-man");
        version = name.equals("version");
        if (help || version) {
            return;
        }
        Flag flag = BY_TEXT.get(name);
        if (flag == null) {
            flag = negated(name, equals >= 0);
            add(flag, "false");
        } else if (flag.kind() == Flag.Kind.SWITCH) {
            add(flag, equals < 0 ? "true" : word.substring(equals + 1));
        } else if (equals >= 0) {
            add(flag, word.substring(equals + 1));
        } else if (flag.kind() == Flag.Kind.REFUSED || rest.isEmpty()) {
            add(flag, missing(flag));
        } else {
            add(flag, rest.pop());
        }
    }

    private static String missing(Flag flag) throws BadFlag {
        if (flag.kind() == Flag.Kind.REFUSED) {
            return "";
        }
        throw new BadFlag("expected argument for flag '--" + flag.text() + "'");
    }

    private static Flag negated(String name, boolean hasValue) throws BadFlag {
        Flag flag = name.startsWith("no-") ? BY_TEXT.get(name.substring(3)) : null;
        if (flag != null && flag.kind() == Flag.Kind.SWITCH && !hasValue) {
            return flag;
        }
        String near = Names.nearest(name, BY_TEXT.keySet());
        throw new BadFlag(
                "unknown long flag '--" + name + "'" + (near == null ? "" : "; did you mean '--" + near + "'?"));
    }

    private void add(Flag flag, String value) throws BadFlag {
        check(flag, value);
        List<String> values = given.computeIfAbsent(flag, _ -> new ArrayList<>());
        if (!values.isEmpty() && flag.kind() != Flag.Kind.TEXTS) {
            throw new BadFlag("flag '" + flag.text() + "' cannot be repeated");
        }
        values.add(value);
    }

    private static void check(Flag flag, String value) throws BadFlag {
        String at = "flag '--" + flag.text() + "': ";
        switch (flag.kind()) {
            case TEXT, TEXTS -> {}
            case DURATION -> duration(at, value);
            case INTEGER -> {
                if (!value.matches("[-+]?\\d{1,18}")) {
                    throw new BadFlag(at + "'" + value + "' is not a whole number");
                }
            }
            case NUMBER -> {
                if (!value.matches("[-+]?(\\d{1,18}(\\.\\d{0,18})?|\\.\\d{1,18})")) {
                    throw new BadFlag(at + "'" + value + "' is not a number");
                }
            }
            case SWITCH -> oneOf(at, value, Set.of("true", "false"));
            case LEVEL -> oneOf(at, value, Set.of("debug", "info", "warn", "error"));
            case FORMAT -> oneOf(at, value, Set.of("logfmt", "json"));
            case REFUSED -> throw new BadFlag(at + "there is no such thing here; " + flag.meaning());
        }
    }

    private static void oneOf(String at, String value, Set<String> words) throws BadFlag {
        if (!words.contains(value)) {
            throw new BadFlag(at + "'" + value + "' is none of "
                    + String.join(", ", words.stream().sorted().toList()));
        }
    }

    private static Duration duration(String at, String value) throws BadFlag {
        boolean negative = value.startsWith("-");
        try {
            Duration read = Durations.go(negative || value.startsWith("+") ? value.substring(1) : value);
            return negative ? read.negated() : read;
        } catch (IllegalArgumentException e) {
            throw new BadFlag(at + e.getMessage());
        }
    }

    boolean wantsHelp() {
        return help;
    }

    boolean wantsVersion() {
        return version;
    }

    /** The one value of a flag that is used. */
    String text(Flag flag) {
        return given.getOrDefault(flag, flag.standard()).getFirst();
    }

    /** All values. */
    List<String> texts(Flag flag) {
        return List.copyOf(given.getOrDefault(flag, flag.standard()));
    }

    Duration duration(Flag flag) {
        try {
            return duration("", text(flag));
        } catch (BadFlag e) {
            throw new IllegalStateException("checked when it was read", e);
        }
    }

    long integer(Flag flag) {
        return Long.parseLong(text(flag));
    }

    boolean has(Flag flag) {
        return given.containsKey(flag);
    }

    /** Flags that were given, ask for something, and do nothing. */
    List<Flag> unused() {
        return Arrays.stream(Flag.values())
                .filter(flag -> !flag.isUsed()
                        && given.getOrDefault(flag, List.of()).stream().anyMatch(value -> !value.isEmpty()))
                .toList();
    }
}
