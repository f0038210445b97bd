using System.Diagnostics;
using Recorder.Rtsp.Sessions;

namespace Recorder.Rtsp.Tests.Sessions;

/// <summary>Alone, because it counts what the whole process has open.</summary>
[Collection(nameof(Alone))]
public sealed class LeakSpecs
{
    private const int Batch = 20;
    private const long MostMemory = 4 << 20;

    [Fact]
    public void Sessions_leave_nothing_behind() => Leave(100);

    [Fact]
    [Trait("Length", "Long")]
    public void A_thousand_sessions_leave_nothing_behind() => Leave(1000);

    private static void Leave(int sessions)
    {
        // What is made once for all.
        Open(Batch * 2);
        var before = Count();
        Open(sessions);
        // Threads of the camera and of the pool end a little later.
        ScriptedCamera.WaitFor(() => Count() is var now && now.Sockets <= before.Sockets && now.Threads <= before.Threads + 4, $"before {before}, now {Count()}");
        (Count().Memory - before.Memory).ShouldBeLessThan(MostMemory);
    }

    private static void Open(int sessions)
    {
        using var camera = new ScriptedCamera(CameraScript.Sound, CameraScript.SecondSound);
        using var datagrams = new CameraDatagrams();
        camera.Script.On("SETUP", request =>
        {
            lock (datagrams)
                return request["Transport"]!.Contains("client_port", StringComparison.Ordinal) ? datagrams.SetUp(request) : camera.Script.Usual(request);
        });
        using var grid = new ReceiveGrid(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        for (var done = 0; done < sessions; done += Batch)
        {
            var members = Enumerable.Range(0, Batch).AsParallel().WithDegreeOfParallelism(4).Select(i =>
                new GridMember(Opening.Open(camera, transport: i % 2 == 0 ? RtspTransport.Tcp : RtspTransport.Udp))).ToList();
            members.ForEach(grid.Add);
            members.ForEach(it => it.Close());
            grid.Wake();
            ScriptedCamera.WaitFor(() => members.TrueForAll(it => it.IsOver), "sessions do not end");
        }

        ScriptedCamera.WaitFor(() => grid.Count == 0, "members stay");
    }

    private static (int Sockets, int Threads, long Memory) Count()
    {
        using var process = Process.GetCurrentProcess();
        // Not all files: .NET opens two for each assembly, at the moment when it is first needed.
        var sockets = Directory.GetFileSystemEntries("/proc/self/fd")
            .Count(it => new FileInfo(it).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
        return (sockets, process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
    }
}

/// <summary>Specs that no other may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
