namespace Recorder.Media.Interchange;

/// <summary>What the set said of a take.</summary>
internal enum EditRating
{
    None = 0,
    Good = 1,
    NoGood = 2,
    Circled = 3,
}
