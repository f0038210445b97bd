namespace Recorder.ActorKernel.Pattern;

/// <summary>An operation of this namespace was asked of somebody who cannot do it.</summary>
/// <param name="message">What went wrong.</param>
public class IllegalStateException(string message) : AkkaException(message);
