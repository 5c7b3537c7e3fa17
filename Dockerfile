# st4vla_ros with a ROS 2 of its own, simulator and miniatures; no arm, no GPU.
#   docker build -t st4vla_ros .
#   docker run --rm --shm-size=512m st4vla_ros            # the demo
#   docker run --rm --shm-size=512m st4vla_ros doctor     # or any other subcommand
FROM node:20-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make python3.11-dev python3.11-venv \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node /st4vla_ros

USER node
WORKDIR /st4vla_ros
COPY --chown=node:node . .
RUN npm run -s st4vla -- setup && rm -rf /home/node/.npm /home/node/.cache

ENTRYPOINT ["npm", "run", "-s", "st4vla", "--"]
CMD ["demo"]
