namespace Recorder.Media.Interchange;

/// <summary>Something that was marked during the take.</summary>
/// <param name="At">Frames after the first of the take's timeline.</param>
/// <param name="Frames">How long what is marked lasts, at least one frame.</param>
/// <param name="Angle">The name of the angle that is meant; null for the whole take.</param>
internal sealed record EditMark(long At, string Name, MarkColour Colour, string Note = "", long Frames = 1, string? Angle = null);
