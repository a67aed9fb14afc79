package nexus.pgoutput;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Makes one big message of the stream a small one while it comes, so that it is never in memory as a whole. Of a logical
 * message that nobody reads the content is left out, of a row each long value: {@link PgOutputDecoder} knows the mark that
 * stands in its place.
 */
public final class MessageShortener {
    /** Kind of a value that was left out; the server never writes it. */
    static final byte OMITTED = 'x';

    /** A value of a key is shorter: an index takes no more than 2.7 kB. */
    private static final int LONGEST_VALUE = 8 << 10;
    /** Of a logical message that somebody reads: one byte more than is allowed, so that it is refused for that. */
    private static final int LONGEST_CONTENT = (1 << 20) + 1;

    private static final int LONGEST_PREFIX = 256;

    /** What has just been copied, and has to be decided on. */
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

    /** Bytes that can be read and changed again. */
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
    private long left; // bytes of the message that have not come
    private int toCopy;
    private int toSkip; // behind those to copy
    private Step step = Step.TAG;
    private byte tag;
    private int prefixAt;
    private int columnsLeft;
    private boolean isNewRow;

    /**
     * @param frame the server's message up to the plugin's: kind, length and what comes in front of the tag
     * @param length as the server's message says it
     * @param prefixesRead of logical messages whose content is needed
     */
    public MessageShortener(byte[] frame, int length, Set<String> prefixesRead) {
        this.prefixesRead = prefixesRead;
        kept.writeBytes(frame);
        left = 1L + length - frame.length;
        copy(1, Step.TAG);
    }

    /** Whether a message of this tag may hold something that can be left out. */
    public static boolean knows(byte tag) {
        return tag == 'M' || tag == 'I' || tag == 'U' || tag == 'D';
    }

    /**
     * Takes what has come of it.
     *
     * @return how many of the bytes belong to it
     * @throws MalformedMessageException if they are no message
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

    /** The shorter one, as the server would have written it. */
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
