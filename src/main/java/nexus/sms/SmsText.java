package nexus.sms;

import java.util.Optional;
import nexus.message.Messages;
import nexus.message.PlainText;
import nexus.shape.Parcel;
import nexus.value.Value;

/** The text of a text message. */
final class SmsText {
    private static final int MAX = 1_600;
    /** A message that nobody wrote a template for costs at most five parts. */
    private static final int MAX_OF_DEFAULT = 640;

    private SmsText() {}

    /** @return empty when the subscription's template made neither a text nor an object with one */
    static Optional<String> of(Parcel parcel) {
        return Messages.read(parcel.body().getBytes())
                .flatMap(content -> switch (content) {
                    case Value.Text text -> Optional.of(text.value());
                    case Value.Fields event
                    when Messages.isEvent(event, parcel.idText()) ->
                        Optional.of(Messages.of(event).text(MAX_OF_DEFAULT));
                    case Value.Fields own ->
                        own.get("text") instanceof Value.Text text ? Optional.of(text.value()) : Optional.empty();
                    default -> Optional.<String>empty();
                })
                .map(SmsText::printable)
                .filter(text -> !text.isBlank());
    }

    private static String printable(String text) {
        StringBuilder printable = new StringBuilder(Math.min(text.length(), MAX));
        text.codePoints()
                .limit(2 * MAX)
                .map(c -> Character.isISOControl(c) && c != '\n' ? ' ' : c)
                .forEach(printable::appendCodePoint);
        return PlainText.cut(printable.toString(), MAX);
    }
}
