package nexus.delivery.state;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.queue.owed.DeliveryKey;
import nexus.refusal.Refusal;

/**
 * A delivery's id, {@code dlv_<store epoch>_<day>_<lane>_<keySlice>_<seq>} such as {@code dlv_1_20260131_12_3_4567}: it
 * contains the primary key of the delivery.
 *
 * @param epoch of the store; ids from before a restore from a backup have another epoch and are not valid any more
 */
public record DeliveryId(int epoch, DeliveryKey key) {
    /** Leading zeros are not allowed, so that a delivery has a single id. The lengths ensure that each number fits its type. */
    private static final Pattern SHAPE =
            Pattern.compile("dlv_(0|[1-9][0-9]{0,8})_([0-9]{8})_([1-9][0-9]{0,8})_([0-7])_(0|[1-9][0-9]{0,17})");

    /** Empty for a text that is not the id of a delivery. */
    public static Optional<DeliveryId> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            LocalDate day = LocalDate.parse(matcher.group(2), DateTimeFormatter.BASIC_ISO_DATE);
            return Optional.of(new DeliveryId(
                    Integer.parseInt(matcher.group(1)),
                    new DeliveryKey(
                            day,
                            Integer.parseInt(matcher.group(3)),
                            Integer.parseInt(matcher.group(4)),
                            Long.parseLong(matcher.group(5)))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** @throws Refusal.NotFound for a text that is not the id of a delivery */
    public static DeliveryId inPath(String text) {
        return parse(text).orElseThrow(DeliveryId::notFound);
    }

    public static Refusal.NotFound notFound() {
        return new Refusal.NotFound("There is no delivery with this id.");
    }

    @Override
    public String toString() {
        return "dlv_" + epoch + '_' + DateTimeFormatter.BASIC_ISO_DATE.format(key.day()) + '_' + key.lane() + '_'
                + key.keySlice() + '_' + key.seq();
    }
}
