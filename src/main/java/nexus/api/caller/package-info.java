/**
 * Who is the caller, and what does the audit keep of the change?
 *
 * <p>Takes the result of authentication, carries it to the resources and back. Never decides what a caller may do.
 */
@NullMarked
package nexus.api.caller;

import org.jspecify.annotations.NullMarked;
