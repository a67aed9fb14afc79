package nexus.subscription;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import nexus.event.TypePattern;
import nexus.filter.Filter;
import nexus.subscription.target.TargetSettings;

/** What a caller decides about a subscription. All of it can be changed later. */
public record SubscriptionSettings(
        String name, Selection selection, Content content, TargetSettings target, Flow flow, Retry retry) {

    /** With the defaults for everything that has one. */
    public static SubscriptionSettings of(String name, Selection selection, TargetSettings target) {
        return new SubscriptionSettings(name, selection, Content.DEFAULT, target, Flow.DEFAULT, Retry.DEFAULT);
    }

    public SubscriptionSettings with(Selection other) {
        return new SubscriptionSettings(name, other, content, target, flow, retry);
    }

    public SubscriptionSettings with(Content other) {
        return new SubscriptionSettings(name, selection, other, target, flow, retry);
    }

    public SubscriptionSettings with(TargetSettings other) {
        return new SubscriptionSettings(name, selection, content, other, flow, retry);
    }

    public SubscriptionSettings with(Flow other) {
        return new SubscriptionSettings(name, selection, content, target, other, retry);
    }

    public SubscriptionSettings with(Retry other) {
        return new SubscriptionSettings(name, selection, content, target, flow, other);
    }

    /**
     * Equal for two subscriptions that would send the same events in the same form to the same place. Each text follows
     * its length, so that different lists never give the same bytes.
     */
    public byte[] sameness() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Stream.of(
                        Stream.of(
                                target.place(),
                                content.sameness(),
                                target.type().name()),
                        selection.patterns().stream()
                                .map(TypePattern::value)
                                .distinct()
                                .sorted(),
                        selection.filter().map(Filter::canonical).map("filter="::concat).stream())
                .flatMap(texts -> texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .forEach(text -> {
                    all.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                            .putInt(text.length)
                            .array());
                    all.writeBytes(text);
                });
        return all.toByteArray();
    }
}
