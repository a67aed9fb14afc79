/**
 * Who asks, and what does the audit keep of the change?
 *
 * <p>Takes what the gate found out about a request, carries it to the resources and back. Never decides who may do what.
 */
@NullMarked
package nexus.api.caller;

import org.jspecify.annotations.NullMarked;
