package nexus.template.expression;

import java.util.ArrayList;
import java.util.List;
import nexus.value.Value;

/** The functions of strings. Positions count code points. Each result is charged before it is made. */
final class Texts {
    private Texts() {}

    static Value concat(String a, String b, Budget budget) {
        budget.text((long) a.length() + b.length());
        return new Value.Text(a.concat(b));
    }

    static int size(String text, Budget budget) {
        budget.read(text.length());
        return text.codePointCount(0, text.length());
    }

    static boolean contains(String text, String part, Budget budget) {
        return find(text, part, 0, budget) >= 0;
    }

    /** A search may compare the whole part at each place. */
    private static int find(String text, String part, int from, Budget budget) {
        budget.read((long) (text.length() - from) * (1 + part.length()));
        return text.indexOf(part, from);
    }

    static boolean startsWith(String text, String part, Budget budget) {
        budget.read(part.length());
        return text.startsWith(part);
    }

    static boolean endsWith(String text, String part, Budget budget) {
        budget.read(part.length());
        return text.endsWith(part);
    }

    static Value charAt(String text, int position, Budget budget) {
        int size = size(text, budget);
        if (position < 0 || position > size) {
            throw outside();
        }
        int at = text.offsetByCodePoints(0, position);
        return new Value.Text(position == size ? "" : Character.toString(text.codePointAt(at)));
    }

    static Value indexOf(String text, String part, Budget budget) {
        int at = find(text, part, 0, budget);
        return Value.Num.of(at < 0 ? -1 : text.codePointCount(0, at));
    }

    static Value lastIndexOf(String text, String part, Budget budget) {
        budget.read((long) text.length() * (1 + part.length()));
        int at = text.lastIndexOf(part);
        return Value.Num.of(at < 0 ? -1 : text.codePointCount(0, at));
    }

    static Value substring(String text, int from, int to, Budget budget) {
        int size = size(text, budget);
        if (from < 0 || from > to || to > size) {
            throw outside();
        }
        int start = text.offsetByCodePoints(0, from);
        int end = text.offsetByCodePoints(start, to - from);
        budget.text((long) end - start);
        return new Value.Text(text.substring(start, end));
    }

    static Value ascii(String text, char first, char last, int shift, Budget budget) {
        budget.text(text.length());
        char[] chars = text.toCharArray();
        for (int i = 0; i < chars.length; i++) {
            if (chars[i] >= first && chars[i] <= last) {
                chars[i] = (char) (chars[i] + shift);
            }
        }
        return new Value.Text(new String(chars));
    }

    static Value trim(String text, Budget budget) {
        budget.text(text.length());
        return new Value.Text(text.strip());
    }

    static Value replace(String text, String part, String other, Budget budget) {
        budget.read((long) text.length() * (1 + part.length()));
        long places = 0;
        if (part.isEmpty()) {
            places = text.length() + 1L;
        } else {
            for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
                places++;
            }
        }
        budget.text(text.length() + places * ((long) other.length() - part.length()));
        return new Value.Text(text.replace(part, other));
    }

    /** Between code points, when the separator is empty. */
    static Value split(String text, String separator, Budget budget) {
        budget.read((long) text.length() * (1 + separator.length()));
        budget.text(text.length());
        List<Value> parts = new ArrayList<>();
        if (separator.isEmpty()) {
            budget.made(8L * text.length());
            text.codePoints().forEach(c -> parts.add(new Value.Text(Character.toString(c))));
            return new Value.Items(List.copyOf(parts));
        }
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, from)) {
            budget.made(8);
            parts.add(new Value.Text(text.substring(from, at)));
            from = at + separator.length();
        }
        parts.add(new Value.Text(text.substring(from)));
        return new Value.Items(List.copyOf(parts));
    }

    static Value join(Value.Items parts, String separator, Budget budget) {
        long length = 0;
        for (Value part : parts.values()) {
            budget.work(1);
            length += Kinds.text(Function.JOIN, part).length() + (length == 0 ? 0 : separator.length());
        }
        budget.text(length + separator.length());
        StringBuilder joined = new StringBuilder();
        boolean isFirst = true;
        for (Value part : parts.values()) {
            if (!isFirst) {
                joined.append(separator);
            }
            isFirst = false;
            joined.append(Kinds.text(Function.JOIN, part));
        }
        return new Value.Text(joined.toString());
    }

    private static EvaluationFailed outside() {
        return new EvaluationFailed("a position is outside the string");
    }
}
