package caretaker.alerts.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Floating-point numbers as Go writes them. */
final class GoFloats {
    private static final int SHORTEST_EXPONENT_FROM = 6;

    private GoFloats() {}

    /** The shortest text that reads back as the same number, with an exponent from 1e+06. */
    static String shortest(double value) {
        return format(value, 'g', -1);
    }

    /**
     * @param verb e, E, f, F, g or G
     * @param precision digits, -1 for as many as needed
     */
    static String format(double value, char verb, int precision) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        boolean negative = Double.doubleToRawLongBits(value) < 0;
        double size = Math.abs(value);
        String text = switch (verb) {
            case 'e', 'E' -> exponent(digits(size, precision + 1), precision, verb);
            case 'f', 'F' -> plain(size, precision);
            default -> general(size, precision, verb == 'g' ? 'e' : 'E');
        };
        return negative ? "-" + text : text;
    }

    /** {@code 0x1.f4p+09}: a power of two with its sign and at least two digits. */
    static String hex(double value, boolean upper) {
        if (!Double.isFinite(value)) {
            return format(value, 'g', -1);
        }
        String java = Double.toHexString(value).replace(".0p", "p");
        int p = java.indexOf('p');
        int power = value == 0 ? 0 : Integer.parseInt(java.substring(p + 1));
        String text =
                java.substring(0, p) + String.format(Locale.ROOT, "p%s%02d", power < 0 ? "-" : "+", Math.abs(power));
        text = value == 0 ? text.replace("0x0.0", "0x0") : text;
        return upper ? text.toUpperCase(Locale.ROOT) : text;
    }

    /** Rounded to so many significant digits; the shortest exact ones for 0. */
    private static BigDecimal digits(double size, int significant) {
        if (significant <= 0) {
            return new BigDecimal(Double.toString(size)).stripTrailingZeros();
        }
        return new BigDecimal(size).round(new MathContext(significant, RoundingMode.HALF_EVEN));
    }

    private static String plain(double size, int precision) {
        if (precision < 0) {
            return digits(size, 0).toPlainString();
        }
        return new BigDecimal(size).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String exponent(BigDecimal value, int precision, char letter) {
        String digits = value.unscaledValue().toString();
        int exponent = value.signum() == 0 ? 0 : digits.length() - 1 - value.scale();
        int wanted = precision < 0 ? digits.length() : precision + 1;
        if (value.signum() == 0) {
            digits = "0";
            wanted = precision < 0 ? 1 : wanted;
        }
        digits = digits.length() < wanted ? digits + "0".repeat(wanted - digits.length()) : digits.substring(0, wanted);
        String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
        String power = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        return digits.charAt(0) + fraction + letter + (exponent < 0 ? "-" : "+") + power;
    }

    private static String general(double size, int precision, char letter) {
        BigDecimal value =
                digits(size, precision < 0 ? 0 : Math.max(precision, 1)).stripTrailingZeros();
        int exponent = value.signum() == 0 ? 0 : value.precision() - 1 - value.scale();
        int limit = precision < 0 ? SHORTEST_EXPONENT_FROM : Math.max(precision, 1);
        if (exponent < -4 || exponent >= limit) {
            return exponent(value, -1, letter);
        }
        return value.signum() == 0 ? "0" : value.toPlainString();
    }
}
