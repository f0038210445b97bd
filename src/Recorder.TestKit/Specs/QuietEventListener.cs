namespace Recorder.Testing;

/// <summary>The listener behind Akka's <c>EventFilter</c>. Log events that no filter expects go to the output of the test, if the
/// spec has one, and not to the console.</summary>
public sealed class QuietEventListener : TestEventListener
{
    /// <inheritdoc />
    protected override void Print(LogEvent logEvent)
    {
    }
}
