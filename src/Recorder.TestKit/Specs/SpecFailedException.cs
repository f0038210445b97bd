namespace Recorder.Testing;

/// <summary>An expectation of a spec failed. The message contains the expectation, what happened instead, and the seed.</summary>
public sealed class SpecFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was expected, and what happened instead.</param>
    /// <param name="inner">The cause; null when there is none.</param>
    public SpecFailedException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
