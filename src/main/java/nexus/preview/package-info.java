/**
 * What would a subscription receive, and why?
 *
 * <p>Takes a subscription that need not exist, and events; gives the decision with its reason, and the request as the code
 * that sends would make it. Never stores or sends anything.
 */
@NullMarked
package nexus.preview;

import org.jspecify.annotations.NullMarked;
