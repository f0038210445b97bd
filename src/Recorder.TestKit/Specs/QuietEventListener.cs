namespace Recorder.Testing;

/// <summary>Akka's listener behind <c>EventFilter</c>. What no filter expects goes to the test's output, if the spec has one, not to the console.</summary>
public sealed class QuietEventListener : TestEventListener
{
    /// <inheritdoc />
    protected override void Print(LogEvent logEvent)
    {
    }
}
