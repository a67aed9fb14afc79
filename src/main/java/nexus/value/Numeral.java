package nexus.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A number of JSON with its digits as they were written. It is compared by its exact value, whatever its size, in time
 * that grows with its text alone.
 */
public final class Numeral implements Comparable<Numeral> {
    /** Exponents of at most this many digits are calculated as long. */
    private static final int SHORT_EXPONENT = 15;

    private final String text;
    private @Nullable Canonical canonical; // made when it is needed; a race makes it twice

    /**
     * The value is 0.d₁d₂d₃… × 10^exponent. The first and the last digit are not zero.
     *
     * @param sign -1, 0 or 1
     */
    private record Canonical(int sign, String digits, BigInteger exponent) {}

    private Numeral(String text) {
        this.text = text;
    }

    /** @param text by the grammar of JSON */
    public static Numeral of(String text) {
        return new Numeral(text);
    }

    public String text() {
        return text;
    }

    /** The same text for every notation of the same value. */
    public String normalized() {
        Canonical known = canonical();
        return (known.sign < 0 ? "-" : "") + "0." + known.digits + "e" + known.exponent;
    }

    /** Whether it has no fraction, as 3, 3.0 and 3e2. */
    public boolean isWhole() {
        Canonical known = canonical();
        return known.sign == 0 || known.exponent.compareTo(BigInteger.valueOf(known.digits.length())) >= 0;
    }

    /** The exact value, when it has at most this many digits before and after the point together; else null. */
    public @Nullable BigDecimal decimal(int maxDigits) {
        Canonical known = canonical();
        BigInteger limit = BigInteger.valueOf(maxDigits);
        if (known.digits.length() > maxDigits || known.exponent.abs().compareTo(limit) > 0) {
            return null;
        }
        return new BigDecimal(text);
    }

    @Override
    public int compareTo(Numeral other) {
        Canonical mine = canonical();
        Canonical its = other.canonical();
        if (mine.sign != its.sign) {
            return Integer.compare(mine.sign, its.sign);
        }
        int byExponent = mine.exponent.compareTo(its.exponent);
        // No digit at the end is zero: a longer text with the same beginning is the greater number.
        int magnitude = byExponent != 0 ? byExponent : Integer.signum(mine.digits.compareTo(its.digits));
        return mine.sign * magnitude;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Numeral numeral
                && (text.equals(numeral.text) || canonical().equals(numeral.canonical()));
    }

    @Override
    public int hashCode() {
        return canonical().hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private Canonical canonical() {
        Canonical known = canonical;
        if (known == null) {
            known = canonical(text);
            canonical = known;
        }
        return known;
    }

    private static Canonical canonical(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int end = start;
        while (end < text.length() && text.charAt(end) != 'e' && text.charAt(end) != 'E') {
            end++;
        }
        int point = text.indexOf('.', start);
        int whole = point < 0 || point > end ? end - start : point - start;
        String digits = point < 0 || point > end
                ? text.substring(start, end)
                : text.substring(start, point) + text.substring(point + 1, end);
        int first = 0;
        while (first < digits.length() && digits.charAt(first) == '0') {
            first++;
        }
        if (first == digits.length()) {
            return new Canonical(0, "", BigInteger.ZERO);
        }
        int last = digits.length();
        while (digits.charAt(last - 1) == '0') {
            last--;
        }
        BigInteger exponent = BigInteger.valueOf((long) whole - first);
        if (end < text.length()) {
            exponent = exponent.add(exponent(text.substring(end + 1)));
        }
        return new Canonical(start == 0 ? 1 : -1, digits.substring(first, last), exponent);
    }

    private static BigInteger exponent(String text) {
        return text.length() <= SHORT_EXPONENT ? BigInteger.valueOf(Long.parseLong(text)) : new BigInteger(text);
    }
}
