package nexus.subscription.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.api.json.Timestamps;
import nexus.refusal.Refusal;
import nexus.subscription.Kind;
import nexus.subscription.Mode;
import nexus.subscription.Selection;
import nexus.subscription.Subscription;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.json.SettingsJson;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.KeptSecrets;
import nexus.subscription.target.TargetHeaders;
import nexus.subscription.target.TargetJson;
import nexus.subscription.target.TargetSettings;
import nexus.subscription.warning.SecretWarning;
import nexus.subscription.warning.Warning;

/** Reads the body of a POST or PATCH of {@code /v1/subscriptions}. */
public final class SubscriptionRequest {
    private static final int MAX_WARNINGS = 1_000;
    private static final int MAX_WARNING = 100_000;

    private SubscriptionRequest() {}

    /** @param generated the secret that it gets when it is signed and the body names none */
    static SubscriptionDraft create(JsonBody body, SigningSecret generated) {
        SubscriptionDraft draft = read(body, generated);
        body.check();
        return draft;
    }

    /**
     * Reads a subscription that is to be made, without {@link JsonBody#check()}: the result is complete only after it.
     *
     * @param generated the secret that it gets when it is signed and the body names none
     */
    public static SubscriptionDraft read(JsonBody body, SigningSecret generated) {
        TargetSettings target = TargetJson.create(body, () -> generated);
        body.require("eventTypes");
        SubscriptionSettings nothingYet = SubscriptionSettings.of("", new Selection(List.of()), target);
        return over(SubscriptionDraft.active(nothingYet), body, target, Optional.empty());
    }

    /**
     * Fields that are absent stay; null resets one that has a default. A whole answer may be sent back: read-only fields must
     * be unchanged, and hidden values keep their value.
     *
     * @param generated the secret that it gets when it becomes signed and the body names none
     */
    static SubscriptionDraft change(JsonBody body, Subscription before, SigningSecret generated) {
        KeptSecrets kept = new KeptSecrets();
        TargetSettings target = TargetJson.change(body, before.target(), kept, () -> generated);
        if (body.isNull("eventTypes")) {
            body.error("eventTypes", "must not be null");
        }
        readOnly(body, before);
        SubscriptionDraft after = over(before.draft(), body, target, Optional.of(before.mode()));
        if (before.kind() == Kind.LISTENER
                && !after.settings()
                        .selection()
                        .patterns()
                        .equals(before.selection().patterns())) {
            body.error("eventTypes", "can't be changed: this is a listener, for one kind of change of one table");
        }
        kept.check(body, before.target(), target);
        body.check();
        return after;
    }

    private static SubscriptionDraft over(
            SubscriptionDraft before, JsonBody body, TargetSettings target, Optional<Mode> known) {
        SubscriptionSettings settings = SettingsJson.read(body, before.settings(), target);
        return new SubscriptionDraft(settings, mode(body, known).orElse(before.mode()));
    }

    /**
     * {@code state}, or {@code isEnabled}, which knows fewer states. An answer that is sent back has both: then the one counts
     * that was changed.
     *
     * @param before empty for a new subscription
     * @return empty when the body names neither
     */
    private static Optional<Mode> mode(JsonBody body, Optional<Mode> before) {
        Optional<Mode> state = body.has("state")
                ? Optional.of(body.oneOf("state", Mode.WORDS).map(Mode::of).orElse(Mode.ACTIVE))
                : Optional.empty();
        Optional<Boolean> isEnabled =
                body.has("isEnabled") ? Optional.of(body.bool("isEnabled").orElse(true)) : Optional.empty();
        if (isEnabled.isEmpty()) {
            return state;
        }
        Mode enabled = isEnabled.get() ? Mode.ACTIVE : Mode.DISABLED;
        if (state.isEmpty()) {
            return Optional.of(enabled);
        }
        if (state.get().owes() == isEnabled.get()) {
            return state;
        }
        if (before.equals(state)) {
            return Optional.of(enabled);
        }
        if (before.isEmpty() || before.get().owes() != isEnabled.get()) {
            body.error("isEnabled", "contradicts state; give one of them");
        }
        return state;
    }

    private static void readOnly(JsonBody body, Subscription before) {
        SubscriptionAnswer shown = SubscriptionAnswer.of(before, true);
        for (String field : List.of("id", "publicKey", "disabledReason", "createdAt")) {
            body.readOnly(field, text -> Objects.equals(text, shown.fields().get(field)));
        }
        body.readOnly("updatedAt", text -> text != null && isUpTo(text, before.updatedAt()));
        if (body.isNull("missed")) {
            body.error("missed", "is read-only: leave it out, or send it back as it was shown");
        }
        body.object("missed").ifPresent(missed -> {
            missed.parsedJson("count", SubscriptionRequest::count);
            List.of("firstAt", "lastAt").forEach(field -> missed.readOnly(field, text -> true));
        });
        body.objects("warnings", 0, MAX_WARNINGS) // of the answer to a POST or PATCH
                .orElse(List.of())
                .forEach(
                        warning -> List.of("code", "detail", "fix").forEach(field -> warning.text(field, MAX_WARNING)));
    }

    /** It may have grown since. */
    private static String count(String json, String at) {
        if (!json.matches("[0-9]{1,19}")) {
            throw new Refusal.Invalid(at, "must be a whole number");
        }
        return json;
    }

    /** An answer that is sent back twice has an earlier time than the first change set. */
    private static boolean isUpTo(String text, Instant latest) {
        try {
            return !Timestamps.parse(text, "").isAfter(latest);
        } catch (Refusal.Invalid e) {
            return false;
        }
    }

    /** Says how libraries would misread a secret that the body gives. */
    static Optional<Warning> secretWarning(JsonBody body) {
        return body.text("secret", SigningSecret.MAX_CHARACTERS)
                .filter(text -> !text.equals(TargetHeaders.HIDDEN))
                .flatMap(text -> SecretWarning.of(new SigningSecret(text)));
    }
}
