namespace Recorder.Testing;

/// <summary>A spec's expectation was not met; the message says what was expected, what came instead, and the seed.</summary>
public sealed class SpecFailedException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="message">What was expected and what came.</param>
    /// <param name="inner">What caused it, if anything did.</param>
    public SpecFailedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
