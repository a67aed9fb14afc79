package nexus.testkit;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import nexus.refusal.Refusal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The fields of a body that are refused. */
public final class FieldErrors {
    private FieldErrors() {}

    /** @return their JSON pointers; empty when the call refuses nothing */
    public static List<String> of(ThrowingCallable call) {
        Refusal.Invalid refusal = catchThrowableOfType(Refusal.Invalid.class, call);
        return refusal == null
                ? List.of()
                : refusal.errors().stream().map(Refusal.FieldError::pointer).toList();
    }
}
