package nexus.template.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import nexus.value.Numeral;
import nexus.value.Value;

/**
 * Exact arithmetic. A number without point and exponent is an int of any size, any other one a double, which is an exact
 * decimal here. Only a quotient that never ends is rounded.
 */
final class Numbers {
    /** Of a number that is calculated with. Numbers are compared whatever their size. */
    static final int MAX_DIGITS = 2_000;
    /** Significant digits of a quotient that never ends: those of decimal128. */
    private static final int QUOTIENT_DIGITS = 34;

    /** Texts of at most this many characters fit into a long, and so do their sums. */
    private static final int SHORT = 18;

    private static final int MAX_ROUND = 100;
    private static final BigInteger MAX_UINT = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private Numbers() {}

    /** Whether it is written as a whole number; CEL divides two of those as integers. */
    static boolean isInt(Numeral number) {
        String text = number.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.' || c == 'e' || c == 'E') {
                return false;
            }
        }
        return true;
    }

    /** @throws EvaluationFailed above {@link #MAX_DIGITS} */
    static BigDecimal exact(Numeral number) {
        BigDecimal exact = number.decimal(MAX_DIGITS);
        if (exact == null) {
            throw tooLarge();
        }
        return exact;
    }

    static Value add(Numeral a, Numeral b, Budget budget) {
        if (isShort(a) && isShort(b)) {
            return Value.Num.of(Long.parseLong(a.text()) + Long.parseLong(b.text()));
        }
        return value(operand(a, budget).add(operand(b, budget)));
    }

    static Value subtract(Numeral a, Numeral b, Budget budget) {
        if (isShort(a) && isShort(b)) {
            return Value.Num.of(Long.parseLong(a.text()) - Long.parseLong(b.text()));
        }
        return value(operand(a, budget).subtract(operand(b, budget)));
    }

    static Value multiply(Numeral a, Numeral b, Budget budget) {
        BigDecimal x = operand(a, budget);
        BigDecimal y = operand(b, budget);
        budget.read((long) x.precision() * y.precision());
        return value(x.multiply(y));
    }

    static Value negate(Numeral a, Budget budget) {
        return value(operand(a, budget).negate());
    }

    static Value divide(Numeral a, Numeral b, Budget budget) {
        BigDecimal x = operand(a, budget);
        BigDecimal y = divisor(b, budget);
        budget.read((long) x.precision() * y.precision() + (long) y.precision() * y.precision());
        if (isInt(a) && isInt(b)) {
            return value(new BigDecimal(x.toBigIntegerExact().divide(y.toBigIntegerExact())));
        }
        return value(quotient(x, y));
    }

    /** The exact quotient, when it ends within the digits of a rounded one. */
    private static BigDecimal quotient(BigDecimal x, BigDecimal y) {
        int digits = Math.max(QUOTIENT_DIGITS, Math.max(x.precision(), y.precision()));
        return x.divide(y, new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    static Value modulo(Numeral a, Numeral b, Budget budget) {
        if (!isInt(a) || !isInt(b)) {
            throw new EvaluationFailed("% takes whole numbers only");
        }
        BigDecimal x = operand(a, budget);
        BigDecimal y = divisor(b, budget);
        budget.read((long) x.precision() * y.precision());
        return value(new BigDecimal(x.toBigIntegerExact().remainder(y.toBigIntegerExact())));
    }

    /** A whole number, cut off towards zero. */
    static Value toInt(Numeral a, Budget budget) {
        return isInt(a) ? new Value.Num(a) : rounded(a, 0, RoundingMode.DOWN, budget);
    }

    static Value toUint(Numeral a, Budget budget) {
        BigInteger whole = operand(a, budget).toBigInteger();
        if (whole.signum() < 0 || whole.compareTo(MAX_UINT) > 0) {
            throw new EvaluationFailed("uint takes numbers from 0 to 2^64-1 only");
        }
        return Value.Num.of(whole.toString());
    }

    /** The same number as one that is no int. */
    static Value toDouble(Numeral a) {
        return isInt(a) ? Value.Num.of(a.text() + ".0") : new Value.Num(a);
    }

    /** An int when no digits after the point are kept. */
    static Value rounded(Numeral a, int digits, RoundingMode mode, Budget budget) {
        if (digits < 0 || digits > MAX_ROUND) {
            throw new EvaluationFailed("round keeps 0 to " + MAX_ROUND + " digits");
        }
        return value(operand(a, budget).setScale(digits, mode));
    }

    static Value abs(Numeral a, Budget budget) {
        return value(operand(a, budget).abs());
    }

    /** The number that a text is, by the grammar of JSON but with leading zeros and plus signs as CEL takes them. */
    static Value parsed(Function function, String text, Budget budget) {
        budget.read(text.length());
        if (text.isEmpty() || text.length() > MAX_DIGITS || !isPlausible(text)) {
            throw new EvaluationFailed(function.shown() + " needs a string that is a number");
        }
        try {
            BigDecimal number = new BigDecimal(text);
            return Value.Num.of(number.toString());
        } catch (NumberFormatException e) {
            throw new EvaluationFailed(function.shown() + " needs a string that is a number");
        }
    }

    /** {@link BigDecimal} also takes the digits of other scripts. */
    private static boolean isPlausible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static BigDecimal operand(Numeral number, Budget budget) {
        budget.read(number.text().length());
        return exact(number);
    }

    private static BigDecimal divisor(Numeral number, Budget budget) {
        BigDecimal divisor = operand(number, budget);
        if (divisor.signum() == 0) {
            throw new EvaluationFailed("division by zero");
        }
        return divisor;
    }

    private static boolean isShort(Numeral number) {
        return number.text().length() <= SHORT && isInt(number);
    }

    private static Value value(BigDecimal number) {
        if (number.precision() > MAX_DIGITS || Math.abs((long) number.precision() - number.scale()) > MAX_DIGITS) {
            throw tooLarge();
        }
        return Value.Num.of(number.toPlainString());
    }

    private static EvaluationFailed tooLarge() {
        return new EvaluationFailed("a number has too many digits to calculate with");
    }
}
