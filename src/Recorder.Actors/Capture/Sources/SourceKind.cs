namespace Recorder.Actors.Capture;

internal enum SourceKind
{
    Unknown = 0,
    Test = 1,
    File = 2,
    Network = 3,
    Device = 4,
    Push = 5,
}

internal enum SourcePace
{
    Unknown = 0,
    RealTime = 1,
    Fast = 2,
}
