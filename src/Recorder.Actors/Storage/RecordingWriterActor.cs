namespace Recorder.Actors.Storage;

/// <summary>
/// The only one that touches the files of one recording. It blocks on nothing: each request becomes a job on the volume's thread,
/// which runs them in order and answers the recorder.
/// </summary>
internal sealed class RecordingWriterActor : ReceiveActor
{
    private readonly RecordingStore _store;
    private readonly IVolume _volume;

    public RecordingWriterActor(RecordingStore store, IVolume volume)
    {
        (_store, _volume) = (store, volume);
        Receive<WriterProtocol.Append>(message => _volume.Post(() => _store.Append(message)));
        Receive<WriterProtocol.EndBlob>(message => _volume.Post(() => _store.EndBlob(message)));
        Receive<WriterProtocol.Discard>(_ => _volume.Post(_store.Discard));
        Receive<WriterProtocol.BeginExtent>(message => _volume.Post(() => _store.BeginExtent(message)));
        Receive<WriterProtocol.Finalise>(message => _volume.Post(() => _store.Finalise(message)));
        Receive<WriterProtocol.AddGap>(message => _volume.Post(() => _store.AddGap(message)));
        Receive<WriterProtocol.AddMark>(message => _volume.Post(() => _store.AddMark(message)));
        Receive<WriterProtocol.Probe>(_ => _volume.Post(_store.Probe));
        Receive<WriterProtocol.GoOn>(_ => _volume.Post(_store.GoOn));
        Receive<WriterProtocol.Describe>(message => _volume.Post(() => _store.Describe(message)));
        Receive<WriterProtocol.Close>(OnClose);
    }

    public static Props PropsFor(RecordingStore store, IVolume volume) =>
        Props.Create(() => new RecordingWriterActor(store, volume));

    // It is restarted with its recorder, and then goes on with what was posted: the files stay open.
    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override void PostStop() => _volume.Post(_store.CloseFiles);

    private void OnClose(WriterProtocol.Close message)
    {
        _volume.Post(() => _store.Close(message));
        Context.Stop(Self);
    }
}
