using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

public sealed class GridSpecs : IDisposable
{
    private const int Cameras = 20;
    private const int Packets = 200;

    private readonly ReceiveGrid _grid = new(TimeSpan.FromMilliseconds(20), TimeProvider.System);

    public void Dispose() => _grid.Dispose();

    [Fact]
    public void Many_cameras_are_read_on_one_thread()
    {
        var cameras = Enumerable.Range(0, Cameras).Select(_ => new ScriptedCamera()).ToList();
        var logs = cameras.ConvertAll(_ => new MediaLog());
        var members = cameras.Select((camera, i) => new GridMember(Opening.Open(camera, logs[i]))).ToList();
        members.ForEach(_grid.Add);
        _grid.Count.ShouldBe(Cameras);
        var random = new Random(1);
        for (var i = 1; i <= Packets; i++)
        {
            foreach (var camera in cameras)
                SendInPieces(camera.Client, CameraClient.Frame(0, MediaLog.Sample(i)), random);
        }

        ScriptedCamera.WaitFor(() => members.TrueForAll(it => it.Session.Tracks[0].Frames == Packets), "media are missing");
        members.ForEach(it => it.Close());
        _grid.Wake();
        ScriptedCamera.WaitFor(() => members.TrueForAll(it => it.IsOver), "sessions do not end");
        ScriptedCamera.WaitFor(() => _grid.Count == 0, "members stay");
        logs.ShouldAllBe(it => it.Of(0).SequenceEqual(Enumerable.Range(1, Packets)));
        members.SelectMany(it => it.Threads).Distinct().Count().ShouldBe(1);
        cameras.ForEach(it => it.Methods.ShouldContain("TEARDOWN"));
        cameras.ForEach(it => it.Dispose());
    }

    [Fact]
    public void Grid_begins_again_after_it_was_empty()
    {
        for (var i = 0; i < 3; i++)
        {
            using var camera = new ScriptedCamera();
            var member = new GridMember(Opening.Open(camera));
            _grid.Add(member);
            camera.Client.Socket.Dispose();
            ScriptedCamera.WaitFor(() => member.IsOver, "the end is not seen");
            ScriptedCamera.WaitFor(() => _grid.Count == 0, "the member stays");
        }
    }

    [Fact]
    public void Camera_that_breaks_does_not_disturb_the_others()
    {
        using var good = new ScriptedCamera();
        using var bad = new ScriptedCamera();
        var log = new MediaLog();
        var (member, broken) = (new GridMember(Opening.Open(good, log)), new GridMember(Opening.Open(bad)));
        _grid.Add(broken);
        _grid.Add(member);
        bad.Client.Send("RTSP/1.0 not a status\r\n\r\n");
        ScriptedCamera.WaitFor(() => broken.IsOver, "the error is not seen");
        broken.Error.ShouldBeOfType<RtspException>().Fault.ShouldBe(RtspFault.Malformed);
        good.Client.Send(CameraClient.Frame(0, MediaLog.Sample(1)));
        ScriptedCamera.WaitFor(() => member.Session.Tracks[0].Frames == 1, "the other one is not read");
    }

    [Fact]
    public void Camera_that_hangs_blocks_nobody_until_its_owner_closes()
    {
        // It sends nothing and takes nothing, but keeps the connection.
        using var camera = new ScriptedCamera { StaysOpen = true };
        using var session = Opening.Open(camera);
        camera.Client.Reads.Reset();
        var member = new GridMember(session);
        _grid.Add(member);
        using var other = new ScriptedCamera();
        var second = new GridMember(Opening.Open(other));
        _grid.Add(second);
        for (var i = 1; i <= 20; i++)
            other.Client.Send(CameraClient.Frame(0, MediaLog.Sample(i)));

        ScriptedCamera.WaitFor(() => second.Session.Tracks[0].Frames == 20, "the other one is not read");
        member.IsOver.ShouldBeFalse();
        member.Close();
        _grid.Wake();
        ScriptedCamera.WaitFor(() => member.IsOver, "it cannot be closed");
        member.Error.ShouldBeNull();
    }

    private static void SendInPieces(CameraClient client, byte[] frame, Random random)
    {
        var cut = random.Next(frame.Length);
        client.Send(frame[..cut], frame[cut..]);
    }
}
