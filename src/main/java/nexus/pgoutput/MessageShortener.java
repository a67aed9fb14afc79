package nexus.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Shortens a large message while it is received, so that it is never completely in memory. It drops the content of a logical
 * message with a foreign prefix, and each long value of a row, which it replaces with a mark for {@link PgOutputDecoder}.
 */
public final class MessageShortener {
    /** The kind of a dropped value; the server never writes it. */
    static final byte OMITTED = 'x';

    /** Values of keys are shorter, because an index accepts at most 2.7 kB. */
    private static final int LONGEST_VALUE = 8 << 10;
    /** Bytes that are kept of a logical message for Nexus: one more than allowed, so that it is refused as too long. */
    private static final int LONGEST_CONTENT = (1 << 20) + 1;

    private static final int LONGEST_PREFIX = 256;

    /** The part that was just copied and decides about the next one. */
    private enum Step {
        TAG,
        BEFORE_PREFIX,
        PREFIX,
        CONTENT_LENGTH,
        MARK,
        COLUMN_COUNT,
        VALUE,
        KIND,
        VALUE_LENGTH,
        END
    }

    /** A growing array whose content can be read and changed. */
    private static final class Bytes extends ByteArrayOutputStream {
        byte last() {
            return buf[count - 1];
        }

        int lastInt16() {
            return ByteBuffer.wrap(buf).getShort(count - Short.BYTES) & 0xffff;
        }

        int lastInt32() {
            return ByteBuffer.wrap(buf).getInt(count - Integer.BYTES);
        }

        void putInt32(int at, int value) {
            ByteBuffer.wrap(buf).putInt(at, value);
        }

        void removeLast(int bytes) {
            count -= bytes;
        }

        String text(int from, int to) {
            return new String(buf, from, to - from, StandardCharsets.UTF_8);
        }
    }

    private final Set<String> prefixesRead;
    private final Bytes kept = new Bytes();
    private long left; // bytes of the message that are not received yet
    private int toCopy;
    private int toSkip; // after the bytes to copy
    private Step step = Step.TAG;
    private byte tag;
    private int prefixAt;
    private int columnsLeft;
    private boolean isNewRow;

    /**
     * @param frame the bytes of the server's message before the plugin's: kind, length and header
     * @param length the length in the server's message
     * @param prefixesRead prefixes of logical messages whose content is needed
     */
    public MessageShortener(byte[] frame, int length, Set<String> prefixesRead) {
        this.prefixesRead = prefixesRead;
        kept.writeBytes(frame);
        left = 1L + length - frame.length;
        copy(1, Step.TAG);
    }

    /** Whether messages with this tag can be shortened. */
    public static boolean knows(byte tag) {
        return tag == 'M' || tag == 'I' || tag == 'U' || tag == 'D';
    }

    /**
     * Takes received bytes.
     *
     * @return number of bytes that belong to the message
     * @throws MalformedMessageException if they are not a message
     */
    public int take(byte[] bytes, int from, int to) {
        int at = from;
        while (!isComplete()) {
            if (toCopy == 0 && toSkip == 0) {
                next();
                continue;
            }
            int count = Math.min(to - at, toCopy > 0 ? toCopy : toSkip);
            if (count == 0) {
                break;
            }
            if (toCopy > 0) {
                kept.write(bytes, at, count);
                toCopy -= count;
            } else {
                toSkip -= count;
            }
            at += count;
            left -= count;
        }
        return at - from;
    }

    public boolean isComplete() {
        return step == Step.END && left == 0;
    }

    /** The shortened message, in the format of the server. */
    public byte[] toBytes() {
        kept.putInt32(1, kept.size() - 1);
        return kept.toByteArray();
    }

    private void next() {
        switch (step) {
            case TAG -> {
                tag = kept.last();
                if (tag == 'M') {
                    copy(1 + Long.BYTES, Step.BEFORE_PREFIX); // flags and position
                } else {
                    copy(Integer.BYTES + 1, Step.MARK); // the relation
                }
            }
            case BEFORE_PREFIX -> {
                prefixAt = kept.size();
                copy(1, Step.PREFIX);
            }
            case PREFIX -> prefix();
            case CONTENT_LENGTH -> content();
            case MARK -> {
                isNewRow = kept.last() == 'N';
                copy(Short.BYTES, Step.COLUMN_COUNT);
            }
            case COLUMN_COUNT -> {
                columnsLeft = kept.lastInt16();
                step = Step.VALUE;
            }
            case VALUE -> {
                if (columnsLeft > 0) {
                    columnsLeft--;
                    copy(1, Step.KIND);
                } else if (tag == 'U' && !isNewRow) {
                    copy(1, Step.MARK);
                } else {
                    step = Step.END;
                }
            }
            case KIND -> {
                if (kept.last() == 't' || kept.last() == 'b') {
                    copy(Integer.BYTES, Step.VALUE_LENGTH);
                } else {
                    step = Step.VALUE;
                }
            }
            case VALUE_LENGTH -> value();
            case END -> throw malformed();
        }
    }

    private void prefix() {
        if (kept.last() == 0) {
            copy(Integer.BYTES, Step.CONTENT_LENGTH);
            return;
        }
        if (kept.size() - prefixAt > LONGEST_PREFIX) {
            kept.removeLast(1);
        }
        copy(1, Step.PREFIX);
    }

    private void content() {
        int length = kept.lastInt32();
        int lengthAt = kept.size() - Integer.BYTES;
        boolean isRead = prefixesRead.contains(kept.text(prefixAt, lengthAt - 1));
        int copied = Math.min(length, isRead ? LONGEST_CONTENT : 0);
        kept.putInt32(lengthAt, copied);
        copyAndSkip(copied, length - copied, Step.END);
    }

    private void value() {
        int length = kept.lastInt32();
        if (length <= LONGEST_VALUE) {
            copy(length, Step.VALUE);
            return;
        }
        kept.removeLast(Integer.BYTES + 1);
        kept.write(OMITTED);
        copyAndSkip(0, length, Step.VALUE);
    }

    private void copy(int count, Step then) {
        copyAndSkip(count, 0, then);
    }

    private void copyAndSkip(int copied, int skipped, Step then) {
        if (copied < 0 || skipped < 0 || (long) copied + skipped > left) {
            throw malformed();
        }
        toCopy = copied;
        toSkip = skipped;
        step = then;
    }

    private MalformedMessageException malformed() {
        return new MalformedMessageException("pgoutput: a big message is not as long as it says, at " + step + ", "
                + left + " bytes before its end");
    }
}
